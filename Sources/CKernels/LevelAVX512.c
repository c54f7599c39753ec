// 32 registers of 16 floats: 14 rows x 2 panels of sums, 2 of weights.
#include "kernels/Table.h"

#if defined(__x86_64__)
#include <immintrin.h>

// The features are listed because `arch=x86-64-v4` would make the compiler prefer 256-bit vectors. Every processor
// with AVX-512 has prfchw; without naming it, asking for a line to write would only ask for it to read.
#pragma clang attribute push(                                                                       \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,prfchw"))), apply_to = function)
#define LEVEL_TABLE ck_table_avx512
#define LEVEL_NUMBER CK_AVX512
#define LEVEL_ROWS 14
#define LEVEL_PANELS 2
#define LEVEL_HAS_FMA 1
#define LEVEL_MASKS 512
#include "kernels/Level.h"
#pragma clang attribute pop
#endif
