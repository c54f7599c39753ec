// Random numbers that depend on a key and a position alone.
#ifndef CK_RANDOM_H
#define CK_RANDOM_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Standard normal numbers 0 ..< count of a stream: Philox 4x32-10 at counter (pair, stream), then Box-Muller in double
/// precision. The same bits at every instruction set and on any number of threads.
void ck_normal(uint64_t key, uint64_t stream, ck_index count, float *out, int threads);

#ifdef __cplusplus
}
#endif
#endif
