// What the drivers (plain C, compiled once) ask of the inner loops (compiled once for each instruction set).
#ifndef CK_TABLE_H
#define CK_TABLE_H

#include <string.h>

#include "../include/CKernels.h"

enum {
  // Floats in a vector of the source, and output channels in a panel of packed weights. A panel is the same at every
  // level, so that packed weights are too; the compiler splits vectors where registers are narrower.
  CK_LANES = 16,
  // Products summed before they are added to the total: bounds the error of long sums, and is part of the result.
  CK_FLUSH = 256,
  // Rows a matrix kernel is given at once, at most.
  CK_MAX_ROWS = 448,
  // Places of a pooling window that keeps where its maximum was, at most: what a byte can number.
  CK_MAX_WINDOW = 256,
  // Tiles of a Winograd unit, at most.
  CK_MAX_TILES = 28,
  // Floats between rows that start in different cache sets, added where channel counts would make all rows collide.
  CK_SKEW = 16
};

static inline ck_index ck_min(ck_index a, ck_index b) { return a < b ? a : b; }
static inline ck_index ck_max(ck_index a, ck_index b) { return a > b ? a : b; }
static inline ck_index ck_divide_up(ck_index a, ck_index b) { return (a + b - 1) / b; }
static inline ck_index ck_round_up(ck_index a, ck_index b) { return ck_divide_up(a, b) * b; }

/// Pitch of workspace rows of `n` floats: whole vectors, and not a multiple of what makes rows collide.
static inline ck_index ck_skewed(ck_index n) {
  ck_index pitch = ck_round_up(n, CK_LANES);
  return pitch % 128 == 0 ? pitch + CK_SKEW : pitch;
}

#include "Target.h"

/// The inputs of one result: a rows x columns grid of taps, each a run of `length` floats.
typedef struct ck_taps {
  ck_index rows, columns, length;
  ck_index row_step, column_step;
} ck_taps;

/// Rows of a matrix product with packed panels.
typedef struct ck_block {
  /// First input of each row, and the pixel each row's results go to.
  const float *const *sources;
  const ck_index *pixels;
  ck_index rows;
  ck_taps taps;
  /// Panels [first, last) of weights: panel p starts at packed + p * panel_stride.
  const float *packed;
  ck_index panel_stride, first_panel, last_panel;
} ck_block;

/// The products of one Winograd unit for a pair of panels: tiles x channels by channels x 32 for each frequency.
typedef struct ck_frequencies {
  ck_index frequencies, tiles, channels, panels;
  /// Floats from tile to tile and from frequency to frequency, before and after.
  const float *before;
  ck_index before_pitch, before_step;
  float *after;
  ck_index after_pitch, after_step;
  const float *packed;
  ck_index panel_stride;
} ck_frequencies;

/// One tile of a Winograd transform, `size` x `size` frequencies.
typedef struct ck_tile {
  ck_index size, channels;
  /// Image side: pixel (0, 0) of the tile; floats from row to row and pixel to pixel.
  const float *image;
  ck_index row_step, pixel_step;
  /// Frequency side: floats from one frequency to the next.
  float *frequencies;
  ck_index frequency_step;
} ck_tile;

/// Where a tile's results go: rows x columns pixels from `pixel` on, in an image `width` pixels wide.
typedef struct ck_tile_place {
  ck_index pixel, width, rows, columns, first_channel, channels;
} ck_tile_place;

/// One image row of a depthwise convolution, forward or backward.
typedef struct ck_depthwise_row {
  const ck_depthwise *shape;
  const float *in, *filter;
  /// The row, and its first pixel in the output tensor.
  ck_index y, pixel;
} ck_depthwise_row;

/// A part of a dense layer: samples [0, batch), inputs [first, last), outputs [first_output, last_output).
typedef struct ck_dense_part {
  ck_index batch, inputs, outputs, first, last, first_output, last_output;
  const float *in, *weights;
} ck_dense_part;

/// One image row of pooling.
typedef struct ck_pool_row {
  const ck_pool *pool;
  const float *in;
  /// The row of the image that `in` begins with; backward, 0.
  ck_index in_first;
  uint8_t *argmax;
  /// Backward: what the windows' largest values were, where only those above 0 (and below the limit, unless it is 0) pass
  /// a gradient; may be null.
  const float *maxima;
  float mask_limit;
  ck_index y, pixel;
} ck_pool_row;

/// Runs of floats to be added to sums, in several rows: floats from run to run and from row to row of each.
typedef struct ck_runs {
  ck_index runs, rows, length;
  const float *in;
  ck_index in_step, in_row;
  float *sums;
  ck_index sums_step, sums_row;
} ck_runs;

/// Blocks of 16 x 16 packed weights to be turned round: they follow one another in `in`, and go `out_step` floats apart. While a
/// block is turned the one `ahead` floats from it is asked for.
typedef struct ck_turn {
  const float *in;
  float *out;
  ck_index blocks, out_step, ahead;
  /// Of all blocks: rows that mean something, the rest are zeros. Of each block: columns that are wanted.
  ck_index rows, columns;
  /// Not 0: each number is negated.
  int negate;
} ck_turn;

/// What `binary` makes of a and b; the functions of one argument ignore b.
typedef enum ck_binary {
  CK_ADD,
  CK_MULTIPLY,
  CK_RECTIFY,
  CK_SIGMOID,
  CK_SIGMOID_GRADIENT,
  CK_SILU,
  CK_SILU_GRADIENT,
  CK_GELU,
  CK_GELU_GRADIENT,
  CK_GELU_TANH,
  CK_GELU_TANH_GRADIENT,
  /// `limit` is how far x moves while the gate goes from 0 to 1.
  CK_HARD_SIGMOID,
  CK_HARD_SIGMOID_GRADIENT,
  CK_HARD_SILU,
  CK_HARD_SILU_GRADIENT
} ck_binary;

/// One row of layer normalisation or softmax; gamma and beta may be null, the gradient is set in backward passes only.
typedef struct ck_norm_row {
  ck_index size;
  const float *in, *gradient, *gamma, *beta;
  double epsilon;
} ck_norm_row;

typedef struct ck_table {
  ck_level level;
  void (*multiply)(const ck_block *block, const ck_target *target);
  void (*multiply_frequencies)(const ck_frequencies *frequencies);
  void (*turn)(const ck_turn *turn);
  void (*fingerprints)(const float *in, ck_index pitch, ck_index channels, ck_index pixels, uint32_t *out);
  void (*winograd_filter)(ck_index size, const float *taps, ck_index tap_step, float *out, ck_index frequency_step);
  void (*winograd_input)(const ck_tile *tile);
  void (*winograd_output)(const ck_tile *tile, const ck_tile_place *place, const ck_target *target);
  void (*depthwise_forward)(const ck_depthwise_row *row, const ck_target *target);
  void (*depthwise_backward)(const ck_depthwise_row *row, const ck_target *target);
  void (*dense_forward)(const ck_dense_part *part, float *sums, ck_index sums_pitch);
  void (*dense_backward)(const ck_dense_part *part, const ck_target *target);
  void (*max_pool_forward)(const ck_pool_row *row, float *out);
  void (*max_pool_backward)(const ck_pool_row *row, const ck_target *target);
  void (*average_pool_forward)(const ck_pool_row *row, float *out);
  void (*average_pool_backward)(const ck_pool_row *row, const ck_target *target);
  void (*sum_rows)(ck_index rows, ck_index count, const float *in, ck_index pitch, float factor, float *out);
  void (*sum_products)(ck_index rows, ck_index count, const float *a, const float *b, ck_index pitch, float *out);
  void (*normals)(uint64_t key, uint64_t stream, uint64_t first, ck_index pairs, float *out);
  void (*spread)(const float *in, float divisor, ck_index first_pixel, ck_index pixels, const ck_target *target);
  void (*add_runs)(const ck_runs *runs);
  void (*map)(const float *in, ck_index in_pitch, ck_index first_pixel, ck_index pixels, const ck_target *target);
  void (*binary)(ck_binary kind, ck_index count, const float *a, const float *b, float limit, float *out);
  void (*scale)(ck_index count, const float *in, float factor, float offset, float *out);
  void (*normalize)(const ck_norm_row *row, float *out);
  void (*normalize_backward)(const ck_norm_row *row, float *out);
  void (*softmax)(const ck_norm_row *row, float *out);
  void (*softmax_backward)(const ck_norm_row *row, float *out);
} ck_table;

extern const ck_table ck_table_baseline;
#if defined(__x86_64__)
extern const ck_table ck_table_avx2, ck_table_avx512;
#endif

/// The inner loops of the current level.
const ck_table *ck_kernels(void);

#endif
