// Convolutions, their gradients with respect to the input, and matrix products with packed weights.
#ifndef CK_CONVOLUTION_H
#define CK_CONVOLUTION_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The shape of a convolution: filter [kernel_height, kernel_width, in_channels / groups, out_channels].
/// Output (y, x) reads input (y * stride + ky * dilation - pad). Padding is zeros; what lies after the input on the
/// bottom and right follows from the output's size.
typedef struct ck_conv {
  ck_index in_height, in_width, in_channels;
  ck_index out_height, out_width, out_channels;
  ck_index kernel_height, kernel_width;
  ck_index stride_height, stride_width;
  ck_index dilation_height, dilation_width;
  ck_index pad_top, pad_left;
  ck_index groups;
} ck_conv;

typedef enum ck_direction {
  /// Input to output.
  CK_FORWARD = 0,
  /// Gradient at the output to gradient at the input.
  CK_BACKWARD_DATA = 1
} ck_direction;

typedef enum ck_algorithm {
  /// Implicit matrix product, any shape.
  CK_DIRECT = 0,
  /// Winograd F(2x2, 3x3): 2.25 times fewer multiplications, error as direct.
  CK_WINOGRAD2 = 1,
  /// Winograd F(4x4, 3x3) at points 0, +-5/8, +-3/2: 4 times fewer, error about twice direct's.
  CK_WINOGRAD4 = 2,
  /// Backward only: one matrix product, then columns are added into the image. For few input channels.
  CK_SCATTER = 3,
  /// Backward only: direct, to the same bits, with the weights that are packed for CK_DIRECT forward.
  CK_DIRECT_TURNED = 4,
  /// Backward only: Winograd F(2x2, 3x3), to the same bits, with the weights that are packed for CK_WINOGRAD2 forward.
  /// (F(4x4)'s points have no such symmetry.)
  CK_WINOGRAD2_TURNED = 5
} ck_algorithm;

/// Whether `algorithm` can compute this shape and direction. Winograd: 3x3, stride 1, dilation 1, one group.
/// Scatter and the turned ones: backward, one group.
int ck_conv_supports(const ck_conv *conv, ck_direction direction, ck_algorithm algorithm);

/// Whether the results' epilogue may read and write gates: groups of channels would have to share a word otherwise.
int ck_conv_takes_gates(const ck_conv *conv, ck_direction direction);

/// Floats of packed weights. The same for every instruction set and batch.
ck_index ck_conv_packed_size(const ck_conv *conv, ck_direction direction, ck_algorithm algorithm);

/// Packs a filter [kh, kw, in_channels / groups, out_channels] for `ck_conv_run`.
void ck_conv_pack(
    const ck_conv *conv, ck_direction direction, ck_algorithm algorithm, const float *filter, float *packed,
    int threads);

/// Packs weights for CK_BACKWARD_DATA by CK_DIRECT or CK_WINOGRAD2 from those packed for CK_FORWARD by the same: what
/// `ck_conv_pack` gives, sooner (a zero may have the other sign, which no sum shows). One group.
void ck_conv_turn(const ck_conv *conv, ck_algorithm algorithm, const float *forward, float *packed, int threads);

/// Undoes `ck_conv_pack` of CK_FORWARD by CK_DIRECT, which only moves numbers.
void ck_conv_unpack(const ck_conv *conv, const float *packed, float *filter, int threads);

/// Floats of workspace for `ck_conv_run`. It does not grow with the batch beyond a few samples.
ck_index ck_conv_workspace_size(
    const ck_conv *conv, ck_direction direction, ck_algorithm algorithm, ck_index batch, int threads);

/// Convolves. `in_pitch` and `out_pitch` are floats from one pixel to the next, at least the channel counts, so that
/// a result can be written into its place in a concatenation. Backward, `in` is the gradient at the convolution's
/// output and `out` the gradient at its input; `epilogue` (may be null) works on `out`.
void ck_conv_run(
    const ck_conv *conv, ck_direction direction, ck_algorithm algorithm, ck_index batch, const float *in,
    ck_index in_pitch, const float *packed, const ck_epilogue *epilogue, float *out, ck_index out_pitch,
    float *workspace, int threads);

// MARK: Matrix product

/// Floats of a packed [rows, columns] matrix.
ck_index ck_gemm_packed_size(ck_index rows, ck_index columns);

/// Packs element (r, c) from `matrix[r * row_stride + c * column_stride]`.
void ck_gemm_pack(
    ck_index rows, ck_index columns, const float *matrix, ck_index row_stride, ck_index column_stride,
    float *packed);

/// out[m, n] = epilogue(sum over k of in[m, k] * packed[k, n]); pitches are floats from row to row.
void ck_gemm_run(
    ck_index m, ck_index k, ck_index n, const float *in, ck_index in_pitch, const float *packed,
    const ck_epilogue *epilogue, float *out, ck_index out_pitch, int threads);

/// Matrices that lie `step` floats apart: element (r, c) of one is at r * row + c * column.
typedef struct ck_matrices {
  const float *start;
  ck_index step, row, column;
} ck_matrices;

/// `count` products of [rows, inner] and [inner, columns].
typedef struct ck_products {
  ck_index count, rows, inner, columns;
  ck_matrices first, second;
} ck_products;

/// Floats of workspace for `ck_products_run`.
ck_index ck_products_workspace_size(const ck_products *products, int threads);

/// Writes the products one after the other, row-major.
void ck_products_run(const ck_products *products, float *out, float *workspace, int threads);

// MARK: Depthwise

/// The shape of a depthwise convolution: filter [kernel_height, kernel_width, channels, multiplier] (no packing);
/// output channel c * multiplier + j comes from input channel c.
typedef struct ck_depthwise {
  ck_index in_height, in_width, channels, multiplier;
  ck_index out_height, out_width;
  ck_index kernel_height, kernel_width;
  ck_index stride_height, stride_width;
  ck_index dilation_height, dilation_width;
  ck_index pad_top, pad_left;
} ck_depthwise;

void ck_depthwise_forward(
    const ck_depthwise *shape, ck_index batch, const float *in, const float *filter, const ck_epilogue *epilogue,
    float *out, int threads);

/// Gradient at the output `in` to gradient at the input `out`.
void ck_depthwise_backward(
    const ck_depthwise *shape, ck_index batch, const float *in, const float *filter, const ck_epilogue *epilogue,
    float *out, int threads);

#ifdef __cplusplus
}
#endif
#endif
