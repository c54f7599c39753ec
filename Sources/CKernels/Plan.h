// Convolutions as grids of matrix rows: what the packing, the queries and the runs share.
#ifndef CK_PLAN_H
#define CK_PLAN_H

#include "kernels/Table.h"

/// A side of the tensor that a convolution reads or writes in one direction.
typedef struct ck_image {
  ck_index height, width, channels;
} ck_image;

static inline ck_image ck_conv_source(const ck_conv *c, ck_direction d) {
  return d == CK_FORWARD ? (ck_image){c->in_height, c->in_width, c->in_channels}
                         : (ck_image){c->out_height, c->out_width, c->out_channels};
}

static inline ck_image ck_conv_result(const ck_conv *c, ck_direction d) {
  return d == CK_FORWARD ? (ck_image){c->out_height, c->out_width, c->out_channels}
                         : (ck_image){c->in_height, c->in_width, c->in_channels};
}

/// One side (vertical or horizontal) of a phase: results first, first + stride, ... , each of which reads `taps` source
/// positions at `start + i * source_step + j * tap_step` for filter positions `filter_first + j * filter_step`.
typedef struct ck_axis {
  ck_index results, first, stride;
  ck_index start, source_step;
  ck_index taps, tap_step;
  ck_index filter_first, filter_step;
} ck_axis;

/// A set of results that read the same filter taps. Forward there is one. Backward through stride s there are s x s,
/// each a convolution of stride 1 with a part of the filter, so that no product with a zero is computed.
typedef struct ck_phase {
  ck_axis y, x;
  /// Products per result.
  ck_index depth;
  /// Floats before this phase's weights, and floats of one group's.
  ck_index packed_first, packed_group;
} ck_phase;

ck_index ck_phase_count(const ck_conv *conv, ck_direction direction);
ck_phase ck_phase_make(const ck_conv *conv, ck_direction direction, ck_index index);

/// The window of source positions that all phases together read: [top, bottom) x [left, right).
typedef struct ck_extent {
  ck_index top, bottom, left, right;
} ck_extent;

ck_extent ck_conv_extent(const ck_conv *conv, ck_direction direction);

/// Results at positions of a grid, each a row of a matrix product.
typedef struct ck_grid {
  /// Null: those of the level in use. A grid run inside a unit has its region's, for a helper thread has no choice of its own.
  const ck_table *kernels;
  const float *in;
  ck_index batch, rows, columns;
  /// Floats from one position's source to the next.
  ck_index in_image, in_row, in_column;
  /// Pixels from one position's result to the next.
  ck_index out_first, out_image, out_row, out_column;
  ck_taps taps;
  const float *packed;
  ck_index panel_stride, panels;
  ck_target target;
} ck_grid;

void ck_grid_run(const ck_grid *grid, int threads);

// Winograd.
ck_index ck_winograd_packed_size(const ck_conv *conv, ck_direction direction, ck_index size);
void ck_winograd_pack(
    const ck_conv *conv, ck_direction direction, ck_index size, const float *filter, float *packed, int threads);
ck_index ck_winograd_workspace_size(
    const ck_conv *conv, ck_direction direction, ck_index size, ck_index batch, int turned, int threads);
/// `turned`: backward, `packed` is what is packed for forward.
void ck_winograd_run(
    const ck_conv *conv, ck_direction direction, ck_index size, ck_index batch, const float *in, ck_index in_pitch,
    const float *packed, int turned, const ck_target *target, float *workspace, int threads);

// Scatter.
ck_index ck_scatter_packed_size(const ck_conv *conv);
void ck_scatter_pack(const ck_conv *conv, const float *filter, float *packed);
ck_index ck_scatter_workspace_size(const ck_conv *conv, int threads);
void ck_scatter_run(
    const ck_conv *conv, ck_index batch, const float *in, ck_index in_pitch, const float *packed,
    const ck_target *target, float *workspace, int threads);

/// What a pass of a direct convolution reads: samples [first_sample, first_sample + batch).
typedef struct ck_source {
  const float *data;
  ck_index batch, first_sample;
  /// Where `data` begins in the image, in pixels; pixels per row and per image; floats per pixel.
  ck_index origin_y, origin_x, width, image, pitch;
} ck_source;

/// One filter row as one run of floats: worth it while a pixel's channels are few. A matter of shape alone, because it
/// decides where long sums are split.
int ck_direct_merges_columns(const ck_conv *conv, ck_direction direction);

/// How many samples a pass takes at most.
ck_index ck_direct_samples(const ck_conv *conv, ck_direction direction, ck_index batch, ck_index in_pitch);

/// Floats of workspace for such a copy, whole vectors; 0 where none is made.
ck_index ck_source_size(const ck_conv *conv, ck_direction direction, ck_index batch);

/// The input from sample `first` on, or its copy in the workspace with the zeros that the convolution reads around it.
ck_source ck_source_make(
    const ck_conv *conv, ck_direction direction, ck_index first, ck_index samples, const float *in,
    ck_index in_pitch, float *workspace, int threads);

/// All results of a phase of the first group, without a target.
ck_grid ck_direct_grid(
    const ck_conv *conv, ck_direction direction, const ck_phase *phase, const ck_source *source, const float *packed);

// Direct.
ck_index ck_direct_packed_size(const ck_conv *conv, ck_direction direction);
void ck_direct_pack(
    const ck_conv *conv, ck_direction direction, const float *filter, float *packed, int threads);
void ck_direct_unpack(const ck_conv *conv, const float *packed, float *filter, int threads);
ck_index ck_direct_workspace_size(const ck_conv *conv, ck_direction direction, ck_index batch, int turned);
/// `turned`: backward, `packed` is what is packed for forward.
void ck_direct_run(
    const ck_conv *conv, ck_direction direction, ck_index batch, const float *in, ck_index in_pitch,
    const float *packed, int turned, const ck_target *target, float *workspace, int threads);

// Turning.
/// Backward weights of one phase: panels [first, first + count), as `ck_direct_pack` has them, from the forward ones.
void ck_turn_direct(
    const ck_conv *conv, const ck_phase *phase, ck_index first, ck_index count, const float *forward, float *packed,
    int threads);
/// Backward weights of Winograd F(2x2, 3x3) at one frequency: panels [first, first + count), `panel_stride` floats apart,
/// from the forward ones; of their depth what the convolution's outputs [first_source, last_source) in panels give.
void ck_turn_frequency(
    const ck_table *kernels, const ck_conv *conv, ck_index frequency, ck_index first, ck_index count,
    ck_index first_source, ck_index last_source, const float *forward, float *packed, ck_index panel_stride);
/// All of them, as `ck_winograd_pack` has them.
void ck_turn_winograd(const ck_conv *conv, const float *forward, float *packed, int threads);

#endif
