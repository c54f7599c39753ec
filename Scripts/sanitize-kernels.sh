#!/bin/sh
# Runs the C kernels over odd shapes with the address and undefined-behaviour sanitizers, then the threads with the
# thread sanitizer: sh Scripts/sanitize-kernels.sh [ROUNDS]. CC chooses the compiler (a clang; default: the one on PATH).
set -eu
cd "$(dirname "$0")/.."
rounds="${1:-60}"
mkdir -p .build
compiler="${CC:-clang}"
# The thread sanitizer of Swift's clang watches libdispatch too, and must find it.
dispatch="$(dirname "$(command -v "$compiler")")/../lib/swift/linux"
build() {
  "$compiler" -fuse-ld=lld -O1 -g -Wall -Wextra -Werror -fno-sanitize-recover=all -fno-omit-frame-pointer $1 \
    -ISources/CKernels/include Sources/CKernels/*.c Scripts/kernel-shapes.c -o "$2" -lpthread -lm
}
build -fsanitize=address,undefined .build/kernel-shapes-address
.build/kernel-shapes-address "$rounds"
if [ -e "$dispatch/libdispatch.so" ]; then
  build "-fsanitize=thread -L$dispatch -Wl,-rpath,$dispatch -ldispatch -lBlocksRuntime" .build/kernel-shapes-thread
  .build/kernel-shapes-thread "$((rounds / 6 + 1))"
fi
