// Element by element, and global averages.
#include "kernels/Table.h"

enum { UNIT_FLOATS = 16384 };

typedef struct map_run {
  const ck_table *kernels;
  const float *in;
  ck_index in_pitch, pixels, units;
  ck_target target;
} map_run;

static void map_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const map_run *run = context;
  ck_index first = run->pixels * unit / run->units, last = run->pixels * (unit + 1) / run->units;
  run->kernels->map(run->in, run->in_pitch, first, last - first, &run->target);
}

void ck_map_pixels(
    ck_index pixels, ck_index channels, const float *in, ck_index in_pitch, const ck_epilogue *epilogue, float *out,
    ck_index out_pitch, int threads) {
  map_run run = {ck_kernels(), in, in_pitch, pixels, 1, ck_target_make(out, out_pitch, channels, epilogue)};
  run.units = ck_max(1, ck_min(pixels, pixels * channels / UNIT_FLOATS));
  ck_parallel_for(run.units, threads, map_unit, &run);
}

typedef struct flat_run {
  const ck_table *kernels;
  ck_binary kind;
  ck_index count;
  const float *a, *b;
  float factor, offset, limit;
  float *out;
} flat_run;

static void binary_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const flat_run *run = context;
  ck_index first = unit * UNIT_FLOATS, n = ck_min(UNIT_FLOATS, run->count - first);
  run->kernels->binary(run->kind, n, run->a + first, run->b + first, run->limit, run->out + first);
}

static void run_binary(
    ck_binary kind, ck_index count, const float *a, const float *b, float limit, float *out, int threads) {
  flat_run run = {ck_kernels(), kind, count, a, b, 1, 0, limit, out};
  ck_parallel_for(ck_divide_up(count, UNIT_FLOATS), threads, binary_unit, &run);
}

static void scale_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const flat_run *run = context;
  ck_index first = unit * UNIT_FLOATS, n = ck_min(UNIT_FLOATS, run->count - first);
  run->kernels->scale(n, run->a + first, run->factor, run->offset, run->out + first);
}

void ck_scale(ck_index count, const float *in, float factor, float offset, float *out, int threads) {
  flat_run run = {ck_kernels(), CK_ADD, count, in, NULL, factor, offset, 0, out};
  ck_parallel_for(ck_divide_up(count, UNIT_FLOATS), threads, scale_unit, &run);
}

void ck_relu(ck_index count, const float *in, float *out, int threads) {
  run_binary(CK_RECTIFY, count, in, in, 0, out, threads);
}

void ck_add(ck_index count, const float *a, const float *b, float *out, int threads) {
  run_binary(CK_ADD, count, a, b, 0, out, threads);
}

void ck_multiply(ck_index count, const float *a, const float *b, float *out, int threads) {
  run_binary(CK_MULTIPLY, count, a, b, 0, out, threads);
}

void ck_sigmoid(ck_index count, const float *in, float *out, int threads) {
  run_binary(CK_SIGMOID, count, in, in, 0, out, threads);
}

void ck_sigmoid_backward(ck_index count, const float *gradient, const float *in, float *out, int threads) {
  run_binary(CK_SIGMOID_GRADIENT, count, gradient, in, 0, out, threads);
}

void ck_silu(ck_index count, const float *in, float *out, int threads) {
  run_binary(CK_SILU, count, in, in, 0, out, threads);
}

void ck_silu_backward(ck_index count, const float *gradient, const float *in, float *out, int threads) {
  run_binary(CK_SILU_GRADIENT, count, gradient, in, 0, out, threads);
}

void ck_gelu(ck_index count, const float *in, float *out, int threads) {
  run_binary(CK_GELU, count, in, in, 0, out, threads);
}

void ck_gelu_backward(ck_index count, const float *gradient, const float *in, float *out, int threads) {
  run_binary(CK_GELU_GRADIENT, count, gradient, in, 0, out, threads);
}

void ck_gelu_tanh(ck_index count, const float *in, float *out, int threads) {
  run_binary(CK_GELU_TANH, count, in, in, 0, out, threads);
}

void ck_gelu_tanh_backward(ck_index count, const float *gradient, const float *in, float *out, int threads) {
  run_binary(CK_GELU_TANH_GRADIENT, count, gradient, in, 0, out, threads);
}

void ck_hard_sigmoid(ck_index count, const float *in, float width, float *out, int threads) {
  run_binary(CK_HARD_SIGMOID, count, in, in, width, out, threads);
}

void ck_hard_sigmoid_backward(ck_index count, const float *gradient, const float *in, float width, float *out, int threads) {
  run_binary(CK_HARD_SIGMOID_GRADIENT, count, gradient, in, width, out, threads);
}

void ck_hard_silu(ck_index count, const float *in, float *out, int threads) {
  run_binary(CK_HARD_SILU, count, in, in, 0, out, threads);
}

void ck_hard_silu_backward(ck_index count, const float *gradient, const float *in, float *out, int threads) {
  run_binary(CK_HARD_SILU_GRADIENT, count, gradient, in, 0, out, threads);
}

// MARK: Sums over pixels

typedef struct products_run {
  const ck_table *kernels;
  ck_index pixels, channels, blocks;
  const float *a, *b;
  float *out;
} products_run;

static void products_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const products_run *run = context;
  ck_index image = unit / run->blocks, first = unit % run->blocks * 64, at = image * run->pixels * run->channels + first;
  run->kernels->sum_products(
      run->pixels, ck_min(64, run->channels - first), run->a + at, run->b + at, run->channels,
      run->out + image * run->channels + first);
}

void ck_sum_products(
    ck_index batch, ck_index pixels, ck_index channels, const float *a, const float *b, float *out, int threads) {
  products_run run = {ck_kernels(), pixels, channels, ck_divide_up(channels, 64), a, b, out};
  ck_parallel_for(batch * run.blocks, threads, products_unit, &run);
}

// MARK: Global average

typedef struct average_run {
  const ck_table *kernels;
  /// Into how many units each image is cut: of channels forward, of pixels backward.
  ck_index pixels, channels, blocks;
  const float *in;
  float *out;
  ck_target target;
} average_run;

static ck_index average_blocks(ck_index pixels, ck_index channels, ck_index most) {
  return ck_max(1, ck_min(most, pixels * channels / UNIT_FLOATS));
}

static void average_forward_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const average_run *run = context;
  ck_index image = unit / run->blocks, block = unit % run->blocks, vectors = ck_divide_up(run->channels, CK_LANES);
  ck_index first = vectors * block / run->blocks * CK_LANES;
  ck_index end = ck_min(run->channels, vectors * (block + 1) / run->blocks * CK_LANES);
  run->kernels->sum_rows(
      run->pixels, end - first, run->in + image * run->pixels * run->channels + first, run->channels,
      (float)run->pixels, run->out + image * run->channels + first);
}

void ck_global_average_forward(
    ck_index batch, ck_index pixels, ck_index channels, const float *in, float *out, int threads) {
  average_run run = {
      .kernels = ck_kernels(), .pixels = pixels, .channels = channels, .in = in, .out = out,
      .blocks = average_blocks(pixels, channels, ck_divide_up(channels, CK_LANES))};
  ck_parallel_for(batch * run.blocks, threads, average_forward_unit, &run);
}

static void average_backward_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const average_run *run = context;
  ck_index image = unit / run->blocks, block = unit % run->blocks;
  ck_index first = run->pixels * block / run->blocks, end = run->pixels * (block + 1) / run->blocks;
  run->kernels->spread(
      run->in + image * run->channels, (float)run->pixels, image * run->pixels + first, end - first, &run->target);
}

void ck_global_average_backward(
    ck_index batch, ck_index pixels, ck_index channels, const float *in, const ck_epilogue *epilogue, float *out,
    int threads) {
  average_run run = {
      .kernels = ck_kernels(), .pixels = pixels, .channels = channels, .in = in,
      .blocks = average_blocks(pixels, channels, pixels),
      .target = ck_target_make(out, channels, channels, epilogue)};
  ck_parallel_for(batch * run.blocks, threads, average_backward_unit, &run);
}
