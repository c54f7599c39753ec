// Pooling and its gradients. Padding never counts: it is neither a maximum nor part of an average.
#ifndef CK_POOLING_H
#define CK_POOLING_H

#include "CKConvolution.h"
#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The shape of a pooling window; every window must cover at least one input pixel. For maxima with
/// `argmax` a window has at most 256 pixels.
typedef struct ck_pool {
  ck_index in_height, in_width, out_height, out_width, channels;
  ck_index window_height, window_width;
  ck_index stride_height, stride_width;
  ck_index pad_top, pad_left;
} ck_pool;

/// Maxima, and in `argmax` (may be null) the place in the window, row by row, of the first one.
void ck_max_pool_forward(
    const ck_pool *pool, ck_index batch, const float *in, float *out, uint8_t *argmax, int threads);

/// A convolution and the maxima of its map, which is not stored: `pool`'s input is the convolution's output, of one group, and
/// its stride is at most its window. Sums as `CK_DIRECT`'s, with filters packed for that. The epilogue (may be null) works on
/// the map, and notes all its gates.
void ck_conv_max_pool_run(
    const ck_conv *conv, const ck_pool *pool, ck_index batch, const float *in, ck_index in_pitch, const float *packed,
    const ck_epilogue *epilogue, float *out, uint8_t *argmax, float *workspace, int threads);

/// Floats of workspace for it.
ck_index ck_conv_max_pool_workspace_size(const ck_conv *conv, const ck_pool *pool, ck_index batch, int threads);

/// Gives each gradient to the first maximum of its window. The epilogue (may be null) works on `out`.
/// `maxima` may be null; else it is the pooling's own result, and only where that is above 0 (and below `mask_limit`,
/// unless it is 0) does a gradient pass: what masking `out` by the pooling's input would give, from a smaller map.
void ck_max_pool_backward(
    const ck_pool *pool, ck_index batch, const float *in, const uint8_t *argmax, const float *maxima, float mask_limit,
    const ck_epilogue *epilogue, float *out, int threads);

/// Means over the pixels of each window that lie inside the input.
void ck_average_pool_forward(const ck_pool *pool, ck_index batch, const float *in, float *out, int threads);

void ck_average_pool_backward(
    const ck_pool *pool, ck_index batch, const float *in, const ck_epilogue *epilogue, float *out, int threads);

/// out[b, c] = mean over `pixels` of in[b, p, c].
void ck_global_average_forward(
    ck_index batch, ck_index pixels, ck_index channels, const float *in, float *out, int threads);

/// out[b, p, c] = epilogue(in[b, c] / pixels).
void ck_global_average_backward(
    ck_index batch, ck_index pixels, ck_index channels, const float *in, const ck_epilogue *epilogue, float *out,
    int threads);

#ifdef __cplusplus
}
#endif
#endif
