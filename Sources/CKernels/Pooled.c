// A direct convolution whose map nobody reads but a maximum pooling: a few rows of it at a time are computed and pooled while
// they are in the second-level cache, and the map as a whole is never stored. Bands of pooled rows are independent; a row at the
// border of two bands is computed for both, and its gates are noted for the upper one.
#include "Plan.h"

/// Pooled rows at a time: enough positions for whole blocks of rows of the matrix kernel.
static ck_index rows_at_once(const ck_pool *p) {
  return ck_min(p->out_height, ck_divide_up(400, p->in_width * p->stride_height));
}

static ck_index buffer_floats(const ck_pool *p) {
  ck_index rows = (rows_at_once(p) - 1) * p->stride_height + p->window_height;
  return ck_min(rows, p->in_height) * p->in_width * p->channels;
}

ck_index ck_conv_max_pool_workspace_size(const ck_conv *c, const ck_pool *p, ck_index batch, int threads) {
  return ck_source_size(c, CK_FORWARD, batch) + threads * buffer_floats(p);
}

typedef struct pooled_run {
  const ck_table *kernels;
  const ck_pool *pool;
  /// The map of all samples; its target has no place.
  ck_grid grid;
  ck_index first_sample, bands;
  float *buffers, *out;
  uint8_t *argmax;
} pooled_run;

/// The rows of a map that are in the buffer: [first, last).
typedef struct held_rows {
  float *data;
  ck_index first, last;
} held_rows;

/// Makes the buffer hold [first, last): what it has of that moves to the front.
static void hold(const pooled_run *run, ck_index image, held_rows *held, ck_index first, ck_index last) {
  const ck_pool *p = run->pool;
  ck_index line = p->in_width * p->channels, known = ck_max(held->last, first);
  if (held->last > first) {
    memmove(held->data, held->data + (first - held->first) * line, (size_t)((held->last - first) * line) * sizeof(float));
  }
  ck_grid grid = run->grid;
  grid.batch = 1;
  grid.rows = last - known;
  grid.in += image * grid.in_image + known * grid.in_row;
  grid.out_first = 0;
  ck_index pixel = ((run->first_sample + image) * p->in_height + known) * p->in_width;
  grid.target.epilogue = ck_epilogue_from(&run->grid.target.epilogue, pixel);
  grid.target.data = held->data + (known - first) * line;
  ck_grid_run(&grid, 1);
  *held = (held_rows){held->data, first, last};
}

/// The rows that band `band` needs and the one above it has as well. Their gates are the other's: two threads must not write
/// one word.
static void hold_shared(const pooled_run *run, ck_index image, held_rows *held, ck_index band) {
  const ck_pool *p = run->pool;
  ck_index y = p->out_height * band / run->bands * p->stride_height - p->pad_top;
  pooled_run silent = *run;
  silent.grid.target.epilogue.new_gates = NULL;
  silent.grid.target.parts &= ~CK_HAS_NEW_GATES;
  hold(&silent, image, held, ck_max(0, y), ck_min(p->in_height, y - p->stride_height + p->window_height));
}

/// Nobody reads the map below the last window, but the gates there may be asked for: a seed or a rule of the caller's own may
/// put a gradient where the pooling puts none.
static void note_gates_below(const pooled_run *run, ck_index image, held_rows *held) {
  const ck_pool *p = run->pool;
  while (held->last < p->in_height) {
    hold(run, image, held, held->last, ck_min(p->in_height, held->last + p->window_height));
  }
}

static void pooled_unit(void *context, ck_index unit, int worker) {
  const pooled_run *run = context;
  const ck_pool *p = run->pool;
  ck_index image = unit / run->bands, band = unit % run->bands, step = rows_at_once(p);
  ck_index end = p->out_height * (band + 1) / run->bands, below = p->window_height - p->pad_top;
  int notes = run->grid.target.epilogue.new_gates != NULL;
  held_rows held = {run->buffers + worker * buffer_floats(p), 0, 0};
  if (notes && band > 0) hold_shared(run, image, &held, band);
  for (ck_index y = p->out_height * band / run->bands; y < end; y += step) {
    ck_index last = ck_min(y + step, end);
    hold(run, image, &held, ck_max(0, y * p->stride_height - p->pad_top),
         ck_min(p->in_height, (last - 1) * p->stride_height + below));
    for (ck_index row = y; row < last; row++) {
      ck_pool_row pooled = {
          .pool = p, .in = held.data, .in_first = held.first, .argmax = run->argmax, .y = row,
          .pixel = ((run->first_sample + image) * p->out_height + row) * p->out_width};
      run->kernels->max_pool_forward(&pooled, run->out);
    }
  }
  if (notes && end == p->out_height) note_gates_below(run, image, &held);
}

void ck_conv_max_pool_run(
    const ck_conv *c, const ck_pool *p, ck_index batch, const float *in, ck_index in_pitch, const float *packed,
    const ck_epilogue *epilogue, float *out, uint8_t *argmax, float *workspace, int threads) {
  pooled_run run = {.kernels = ck_kernels(), .pool = p, .out = out, .argmax = argmax};
  run.buffers = workspace + ck_source_size(c, CK_FORWARD, batch);
  // A few for each of two threads, none too low for the rows that are computed twice.
  run.bands = threads > 1 ? ck_max(1, ck_min(6, p->out_height / 4)) : 1;
  ck_phase phase = ck_phase_make(c, CK_FORWARD, 0);
  ck_index samples = ck_direct_samples(c, CK_FORWARD, batch, in_pitch);
  for (ck_index first = 0; first < batch; first += samples) {
    ck_source source = ck_source_make(
        c, CK_FORWARD, first, ck_min(samples, batch - first), in, in_pitch, workspace, threads);
    run.grid = ck_direct_grid(c, CK_FORWARD, &phase, &source, packed);
    run.grid.kernels = run.kernels;
    run.grid.target = ck_target_make(NULL, p->channels, p->channels, epilogue);
    run.first_sample = first;
    ck_parallel_for(source.batch * run.bands, threads, pooled_unit, &run);
  }
}
