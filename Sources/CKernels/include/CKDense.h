// Fully connected layers, with row-major weights [inputs, outputs] used in place.
#ifndef CK_DENSE_H
#define CK_DENSE_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Floats of workspace for `ck_dense_forward`.
ck_index ck_dense_workspace_size(ck_index inputs, ck_index outputs, ck_index batch);

/// out[b, o] = epilogue(sum over i of in[b, i] * weights[i, o]). Rows whose input is 0 in the whole batch are not
/// read, which changes no result for finite weights. Pixel b of the epilogue is sample b.
void ck_dense_forward(
    ck_index batch, ck_index inputs, ck_index outputs, const float *in, const float *weights,
    const ck_epilogue *epilogue, float *out, float *workspace, int threads);

/// out[b, i] = epilogue(sum over o of in[b, o] * weights[i, o]). A sample with one non-zero gradient, as at the
/// start of a backward pass, reads one weight a row.
void ck_dense_backward(
    ck_index batch, ck_index inputs, ck_index outputs, const float *in, const float *weights,
    const ck_epilogue *epilogue, float *out, int threads);

#ifdef __cplusplus
}
#endif
#endif
