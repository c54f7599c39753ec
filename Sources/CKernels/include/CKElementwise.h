// Element by element. `out` may be any of the inputs.
#ifndef CK_ELEMENTWISE_H
#define CK_ELEMENTWISE_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// out[p, c] = epilogue(in[p, c]) over `pixels` rows of `channels`: bias, batch norm, sum, ReLU and mask in one pass.
void ck_map_pixels(
    ck_index pixels, ck_index channels, const float *in, ck_index in_pitch, const ck_epilogue *epilogue, float *out,
    ck_index out_pitch, int threads);

/// out = max(in, 0), NaN stays NaN.
void ck_relu(ck_index count, const float *in, float *out, int threads);

void ck_add(ck_index count, const float *a, const float *b, float *out, int threads);
void ck_multiply(ck_index count, const float *a, const float *b, float *out, int threads);

/// out = 1 / (1 + exp(-in)); the gradient at x = `in` times `gradient`. Within three units in the last place.
void ck_sigmoid(ck_index count, const float *in, float *out, int threads);
void ck_sigmoid_backward(ck_index count, const float *gradient, const float *in, float *out, int threads);

/// out = in / (1 + exp(-in)), and its gradient.
void ck_silu(ck_index count, const float *in, float *out, int threads);
void ck_silu_backward(ck_index count, const float *gradient, const float *in, float *out, int threads);

/// out = in times the chance that a normal number is below `in`, and its gradient; `tanh` is Keras' approximation of it.
/// Within 1e-6 of the result (of 1, where the gradient crosses 0), far into the lower tail.
void ck_gelu(ck_index count, const float *in, float *out, int threads);
void ck_gelu_backward(ck_index count, const float *gradient, const float *in, float *out, int threads);
void ck_gelu_tanh(ck_index count, const float *in, float *out, int threads);
void ck_gelu_tanh_backward(ck_index count, const float *gradient, const float *in, float *out, int threads);

/// out = in / width + 1/2, cut off to 0...1, and its gradient: 6 wide in Keras 3, 5 in Keras 2. In double precision.
void ck_hard_sigmoid(ck_index count, const float *in, float width, float *out, int threads);
void ck_hard_sigmoid_backward(
    ck_index count, const float *gradient, const float *in, float width, float *out, int threads);

/// out = in times its hard sigmoid of width 6, and its gradient.
void ck_hard_silu(ck_index count, const float *in, float *out, int threads);
void ck_hard_silu_backward(ck_index count, const float *gradient, const float *in, float *out, int threads);

/// out[b, c] = sum over pixels of a[b, p, c] * b[b, p, c]: the gradient of one factor for each channel.
void ck_sum_products(
    ck_index batch, ck_index pixels, ck_index channels, const float *a, const float *b, float *out, int threads);

/// out = in * factor + offset.
void ck_scale(ck_index count, const float *in, float factor, float offset, float *out, int threads);

/// Copies with axes in another order: the output is row-major with `sizes`, the input has the axis' step for each. At least one
/// axis. `out` is not `in`.
void ck_permute(
    ck_index rank, const ck_index *sizes, const ck_index *steps, const float *in, float *out, int threads);

#ifdef __cplusplus
}
#endif
#endif
