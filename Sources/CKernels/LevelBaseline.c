// What every processor of this kind has. On x86-64, 16 registers of 4 floats: 3 rows x 1 panel of sums.
#include "kernels/Table.h"

#define LEVEL_TABLE ck_table_baseline
#define LEVEL_NUMBER CK_BASELINE
#define LEVEL_PANELS 1
#define LEVEL_MASKS 0
#if defined(__ARM_FEATURE_FMA)
// 32 registers of 4 floats.
#define LEVEL_ROWS 6
#define LEVEL_HAS_FMA 1
#else
#define LEVEL_ROWS 3
#define LEVEL_HAS_FMA 0
#endif
#include "kernels/Level.h"
