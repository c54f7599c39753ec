#!/bin/sh
# Builds a benchmark with the C kernels alone and runs it. SALIENCY_ISA=avx512|avx2|baseline chooses the instructions.
#   sh Benchmarks/kernels.sh [THREADS] [REPEATS] [all]       every convolution of three networks (kernels.c)
#   sh Benchmarks/kernels.sh sequence [THREADS] [REPEATS]    networks in sequence: what memory costs (sequence.c)
set -eu
cd "$(dirname "$0")/.."
program=kernels
if [ "${1:-}" = sequence ]; then
  program=sequence
  shift
fi
out=.build/$program-benchmark
mkdir -p .build
"${CC:-clang}" -O2 -Wall -Wextra -Werror -ISources/CKernels/include Sources/CKernels/*.c "Benchmarks/$program.c" \
  -o "$out" -lpthread -lm
exec "$out" "$@"
