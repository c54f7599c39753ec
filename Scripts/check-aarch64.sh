#!/usr/bin/env bash
# Compiles the C kernels for 64-bit ARM, where they take the portable path; nothing is run. Installs the C library's
# headers for that processor where they are missing. CC chooses the compiler (a clang; default: the one on PATH).
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/install.sh Scripts/debian-packages-ci.txt
out=.build/aarch64
mkdir -p "$out"
for file in Sources/CKernels/*.c; do
  "${CC:-clang}" --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include -O2 -Wall -Wextra -Werror \
    -ISources/CKernels/include -c "$file" -o "$out/$(basename "$file" .c).o"
done
echo "compiled for aarch64: $(ls "$out"/*.o | wc -l) files"
