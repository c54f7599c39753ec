#!/bin/sh
# Builds Benchmarks/kernels.c with the C kernels alone and runs it: sh Benchmarks/kernels.sh [THREADS] [REPEATS] [all]
# SALIENCY_ISA=avx512|avx2|baseline chooses the instruction set.
set -eu
cd "$(dirname "$0")/.."
out=.build/kernel-benchmark
mkdir -p .build
"${CC:-clang}" -O2 -Wall -Wextra -Werror -ISources/CKernels/include Sources/CKernels/*.c Benchmarks/kernels.c -o "$out" \
  -lpthread -lm
exec "$out" "$@"
