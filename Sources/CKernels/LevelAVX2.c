// 16 registers of 8 floats: 6 rows x 1 panel of sums, 2 of weights.
#include "kernels/Table.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL_TABLE ck_table_avx2
#define LEVEL_NUMBER CK_AVX2
#define LEVEL_ROWS 6
#define LEVEL_PANELS 1
#define LEVEL_HAS_FMA 1
#define LEVEL_MASKS 256
#include "kernels/Level.h"
#pragma clang attribute pop
#endif
