// Depthwise convolution and pooling: kernels that work on one image row at a time.
#include "kernels/Table.h"

typedef void (*row_body)(void *context, ck_index image, ck_index y);

typedef struct rows_run {
  row_body body;
  void *context;
  ck_index rows, height, units;
} rows_run;

static void rows_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const rows_run *run = context;
  ck_index last = run->rows * (unit + 1) / run->units;
  for (ck_index row = run->rows * unit / run->units; row < last; row++) {
    run->body(run->context, row / run->height, row % run->height);
  }
}

/// Calls `body` for every row of `batch` images, in units of about 16 K floats of `row_floats` each.
static void run_rows(
    ck_index batch, ck_index height, ck_index row_floats, int threads, row_body body, void *context) {
  rows_run run = {body, context, batch * height, height, 1};
  run.units = ck_max(1, ck_min(run.rows, run.rows * row_floats / 16384));
  ck_parallel_for(run.units, threads, rows_unit, &run);
}

// MARK: Depthwise

typedef struct depthwise_run {
  void (*kernel)(const ck_depthwise_row *row, const ck_target *target);
  const ck_depthwise *shape;
  const float *in, *filter;
  ck_index in_floats, out_width, out_height;
  ck_target target;
} depthwise_run;

static void depthwise_row(void *context, ck_index image, ck_index y) {
  const depthwise_run *run = context;
  ck_depthwise_row row = {
      run->shape, run->in + image * run->in_floats, run->filter, y, (image * run->out_height + y) * run->out_width};
  run->kernel(&row, &run->target);
}

void ck_depthwise_forward(
    const ck_depthwise *s, ck_index batch, const float *in, const float *filter, const ck_epilogue *epilogue,
    float *out, int threads) {
  ck_index outputs = s->channels * s->multiplier;
  depthwise_run run = {
      ck_kernels()->depthwise_forward, s, in, filter, s->in_height * s->in_width * s->channels, s->out_width,
      s->out_height, ck_target_make(out, outputs, outputs, epilogue)};
  run_rows(batch, s->out_height, s->out_width * outputs, threads, depthwise_row, &run);
}

void ck_depthwise_backward(
    const ck_depthwise *s, ck_index batch, const float *in, const float *filter, const ck_epilogue *epilogue,
    float *out, int threads) {
  ck_index outputs = s->channels * s->multiplier;
  depthwise_run run = {
      ck_kernels()->depthwise_backward, s, in, filter, s->out_height * s->out_width * outputs, s->in_width,
      s->in_height, ck_target_make(out, s->channels, s->channels, epilogue)};
  run_rows(batch, s->in_height, s->in_width * s->channels, threads, depthwise_row, &run);
}

// MARK: Pooling

typedef struct pool_run {
  void (*forward)(const ck_pool_row *row, float *out);
  void (*backward)(const ck_pool_row *row, const ck_target *target);
  const ck_pool *pool;
  const float *in, *maxima;
  float mask_limit;
  uint8_t *argmax;
  float *out;
  ck_target target;
} pool_run;

static void pool_forward_row(void *context, ck_index image, ck_index y) {
  const pool_run *run = context;
  const ck_pool *p = run->pool;
  ck_pool_row row = {
      .pool = p, .in = run->in + image * p->in_height * p->in_width * p->channels, .argmax = run->argmax, .y = y,
      .pixel = (image * p->out_height + y) * p->out_width};
  run->forward(&row, run->out);
}

static void pool_backward_row(void *context, ck_index image, ck_index y) {
  const pool_run *run = context;
  const ck_pool *p = run->pool;
  ck_index floats = p->out_height * p->out_width * p->channels;
  ck_pool_row row = {
      p, run->in + image * floats, 0, run->argmax ? run->argmax + image * floats : NULL,
      run->maxima ? run->maxima + image * floats : NULL, run->mask_limit, y,
      (image * p->in_height + y) * p->in_width};
  run->backward(&row, &run->target);
}

void ck_max_pool_forward(
    const ck_pool *p, ck_index batch, const float *in, float *out, uint8_t *argmax, int threads) {
  pool_run run = {.forward = ck_kernels()->max_pool_forward, .pool = p, .in = in, .argmax = argmax, .out = out};
  run_rows(batch, p->out_height, p->stride_height * p->in_width * p->channels, threads, pool_forward_row, &run);
}

void ck_average_pool_forward(const ck_pool *p, ck_index batch, const float *in, float *out, int threads) {
  pool_run run = {.forward = ck_kernels()->average_pool_forward, .pool = p, .in = in, .out = out};
  run_rows(batch, p->out_height, p->stride_height * p->in_width * p->channels, threads, pool_forward_row, &run);
}

void ck_max_pool_backward(
    const ck_pool *p, ck_index batch, const float *in, const uint8_t *argmax, const float *maxima, float mask_limit,
    const ck_epilogue *epilogue, float *out, int threads) {
  // The row only reads `argmax` on the way back.
  pool_run run = {
      .backward = ck_kernels()->max_pool_backward, .pool = p, .in = in, .maxima = maxima, .mask_limit = mask_limit,
      .argmax = (uint8_t *)argmax,
      .target = ck_target_make(out, p->channels, p->channels, epilogue)};
  run.target.streams = ck_streams(out, batch * p->in_height * p->in_width, p->channels, p->channels);
  run_rows(batch, p->in_height, p->in_width * p->channels, threads, pool_backward_row, &run);
}

void ck_average_pool_backward(
    const ck_pool *p, ck_index batch, const float *in, const ck_epilogue *epilogue, float *out, int threads) {
  pool_run run = {
      .backward = ck_kernels()->average_pool_backward, .pool = p, .in = in,
      .target = ck_target_make(out, p->channels, p->channels, epilogue)};
  run_rows(batch, p->in_height, p->in_width * p->channels, threads, pool_backward_row, &run);
}
