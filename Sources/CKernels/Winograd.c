// Winograd convolution: F(2x2, 3x3) and F(4x4, 3x3), forward and backward (the same with the filter turned round).
//
// Packed filters are [panel][frequency][channel][16], so that the products of all frequencies of a pair of panels lie
// together. Small layers run transform -> products -> inverse on a few tiles while those are in the second-level cache;
// large ones in three passes, because their filters are worth reading only once.
#include "EqualWindows.h"

/// What the shape alone decides.
typedef struct winograd {
  ck_image source, result;
  ck_index pad_top, pad_left;
  ck_index size, step, frequencies;
  ck_index tiles_high, tiles_wide;
  ck_index panels, source_pitch, result_pitch;
  /// Tiles of a unit, at most.
  ck_index unit_tiles;
  int three_passes;
} winograd;

static winograd winograd_make(const ck_conv *c, ck_direction d, ck_index size, int turned) {
  winograd w = {.source = ck_conv_source(c, d), .result = ck_conv_result(c, d)};
  w.pad_top = d == CK_FORWARD ? c->pad_top : 2 - c->pad_top;
  w.pad_left = d == CK_FORWARD ? c->pad_left : 2 - c->pad_left;
  w.size = size;
  w.step = size - 2;
  w.frequencies = size * size;
  w.tiles_high = ck_divide_up(w.result.height, w.step);
  w.tiles_wide = ck_divide_up(w.result.width, w.step);
  w.panels = ck_divide_up(w.result.channels, CK_LANES);
  w.source_pitch = ck_skewed(w.source.channels);
  w.result_pitch = ck_skewed(w.result.channels);
  // Weights to be turned round as well: in three passes each is turned once, and where it is then used.
  w.three_passes = turned || w.source.channels * w.result.channels >= 131072;
  w.unit_tiles = size == 4 ? CK_MAX_TILES : CK_MAX_TILES / 2;
  return w;
}

ck_index ck_winograd_packed_size(const ck_conv *c, ck_direction d, ck_index size) {
  winograd w = winograd_make(c, d, size, 0);
  return w.panels * CK_LANES * w.frequencies * w.source.channels;
}

// MARK: Packing

typedef struct filter_run {
  const ck_table *kernels;
  const ck_conv *conv;
  ck_direction direction;
  winograd w;
  const float *filter;
  float *packed;
} filter_run;

static void filter_unit(void *context, ck_index panel, int worker) {
  (void)worker;
  const filter_run *run = context;
  const winograd *w = &run->w;
  int forward = run->direction == CK_FORWARD;
  ck_index source_step = forward ? run->conv->out_channels : 1, result_step = forward ? 1 : run->conv->out_channels;
  ck_index tap_step = run->conv->in_channels * run->conv->out_channels;
  ck_index n = ck_min(CK_LANES, w->result.channels - panel * CK_LANES);
  float *out = run->packed + panel * CK_LANES * w->frequencies * w->source.channels;
  float taps[9 * CK_LANES] = {0};
  for (ck_index c = 0; c < w->source.channels; c++) {
    const float *in = run->filter + c * source_step + panel * CK_LANES * result_step;
    for (ck_index t = 0; t < 9; t++) {
      const float *tap = in + (forward ? t : 8 - t) * tap_step;
      for (ck_index i = 0; i < n; i++) taps[t * CK_LANES + i] = tap[i * result_step];
    }
    run->kernels->winograd_filter(w->size, taps, CK_LANES, out + c * CK_LANES, w->source.channels * CK_LANES);
  }
}

void ck_winograd_pack(
    const ck_conv *c, ck_direction d, ck_index size, const float *filter, float *packed, int threads) {
  filter_run run = {ck_kernels(), c, d, winograd_make(c, d, size, 0), filter, packed};
  ck_parallel_for(run.w.panels, threads, filter_unit, &run);
}

// MARK: Workspace

/// Tiles taken through three passes at once.
static ck_index pass_tiles(const winograd *w, ck_index batch) {
  return ck_min(batch * w->tiles_high * w->tiles_wide, 256);
}

static ck_index edge_floats(const winograd *w) { return w->frequencies * ck_round_up(w->source.channels, CK_LANES); }

/// Panels that one unit of products multiplies by, at most.
enum { UNIT_PANELS = 8 };

/// Floats of one worker's slice: an edge tile; in the one-pass form also frequencies before and after, in the other room for
/// a unit's weights turned round.
static ck_index worker_floats(const winograd *w, int turned) {
  if (w->three_passes) {
    return edge_floats(w) + (turned ? UNIT_PANELS * w->source.channels * CK_LANES : 0);
  }
  return edge_floats(w) + w->frequencies * w->unit_tiles * (w->source_pitch + 2 * CK_LANES);
}

ck_index ck_winograd_workspace_size(
    const ck_conv *c, ck_direction d, ck_index size, ck_index batch, int turned, int threads) {
  winograd w = winograd_make(c, d, size, turned);
  ck_index shared =
      w.three_passes ? w.frequencies * pass_tiles(&w, batch) * (w.source_pitch + w.result_pitch) : 0;
  return shared + threads * worker_floats(&w, turned) + (d == CK_FORWARD ? ck_equal_windows_size(w.result, batch) : 0);
}

// MARK: Run

typedef struct winograd_run {
  const ck_table *kernels;
  winograd w;
  const float *in;
  ck_index in_pitch;
  const float *packed;
  /// Where what is packed is to be turned round first.
  const ck_conv *turned;
  const ck_target *target;
  float *workers;
  ck_index worker_floats;
  ck_index tiles, units;
  // Three passes: tiles [first, first + count) and their frequencies.
  ck_index first, count, panel_units;
  float *before, *after;
} winograd_run;

/// Transforms tile `tile` of the image into frequencies `step` apart from `out` on.
static void transform(const winograd_run *run, ck_index tile, float *edge, float *out, ck_index step) {
  const winograd *w = &run->w;
  ck_index per_image = w->tiles_high * w->tiles_wide, image = tile / per_image;
  ck_index y = tile % per_image / w->tiles_wide * w->step - w->pad_top;
  ck_index x = tile % w->tiles_wide * w->step - w->pad_left;
  const float *in = run->in + image * w->source.height * w->source.width * run->in_pitch;
  ck_index channels = w->source.channels;
  ck_tile t = {w->size, channels, NULL, w->source.width * run->in_pitch, run->in_pitch, out, step};
  if (y >= 0 && x >= 0 && y + w->size <= w->source.height && x + w->size <= w->source.width) {
    t.image = in + (y * w->source.width + x) * run->in_pitch;
    run->kernels->winograd_input(&t);
    return;
  }
  t.image = edge;
  t.pixel_step = ck_round_up(channels, CK_LANES);
  t.row_step = w->size * t.pixel_step;
  for (ck_index i = 0; i < w->size; i++) {
    for (ck_index j = 0; j < w->size; j++) {
      float *pixel = edge + i * t.row_step + j * t.pixel_step;
      int inside = y + i >= 0 && y + i < w->source.height && x + j >= 0 && x + j < w->source.width;
      if (inside) {
        memcpy(pixel, in + ((y + i) * w->source.width + x + j) * run->in_pitch, (size_t)channels * sizeof(float));
      } else {
        memset(pixel, 0, (size_t)channels * sizeof(float));
      }
    }
  }
  run->kernels->winograd_input(&t);
}

/// Transforms channels [first, first + count) of a tile's frequencies back and stores them.
static void inverse(
    const winograd_run *run, ck_index tile, float *frequencies, ck_index step, ck_index first, ck_index count) {
  const winograd *w = &run->w;
  ck_index per_image = w->tiles_high * w->tiles_wide, image = tile / per_image;
  ck_index y = tile % per_image / w->tiles_wide * w->step, x = tile % w->tiles_wide * w->step;
  ck_tile t = {.size = w->size, .frequencies = frequencies, .frequency_step = step};
  ck_tile_place place = {
      (image * w->result.height + y) * w->result.width + x, w->result.width,
      ck_min(w->step, w->result.height - y), ck_min(w->step, w->result.width - x), first, count};
  run->kernels->winograd_output(&t, &place, run->target);
}

/// Asks for `count` channels of rows x columns pixels of an image that is `width` pixels wide.
static void prefetch_pixels(
    const float *first, ck_index pitch, ck_index width, ck_index rows, ck_index columns, ck_index count) {
  for (ck_index y = 0; y < rows; y++) {
    const float *pixel = first + y * width * pitch;
    for (ck_index x = 0; x < columns; x++, pixel += pitch) {
      __builtin_prefetch(pixel, 0, 2);
      for (ck_index c = CK_LANES; c < count; c += CK_LANES) __builtin_prefetch(pixel + c, 0, 2);
    }
  }
}

/// Asks for what the epilogue of a tile will read and for where it will write, while there are products to compute.
static void prefetch_results(const winograd_run *run, ck_index tile, ck_index first, ck_index count) {
  const winograd *w = &run->w;
  const ck_target *t = run->target;
  ck_index per_image = w->tiles_high * w->tiles_wide, image = tile / per_image;
  ck_index top = tile % per_image / w->tiles_wide * w->step, left = tile % w->tiles_wide * w->step;
  ck_index rows = ck_min(w->step, w->result.height - top), columns = ck_min(w->step, w->result.width - left);
  ck_index pixel = (image * w->result.height + top) * w->result.width + left, width = w->result.width;
  const ck_epilogue *e = &t->epilogue;
  if (!t->streams) prefetch_pixels(t->data + pixel * t->pitch + first, t->pitch, width, rows, columns, count);
  if (e->add) prefetch_pixels(e->add + pixel * e->add_pitch + first, e->add_pitch, width, rows, columns, count);
  if (e->mask) prefetch_pixels(e->mask + pixel * e->mask_pitch + first, e->mask_pitch, width, rows, columns, count);
}

/// Asks for what tiles [first, last) will be transformed from, while there are products of others to compute.
static void prefetch_sources(const winograd_run *run, ck_index first, ck_index last) {
  const winograd *w = &run->w;
  ck_index per_image = w->tiles_high * w->tiles_wide;
  for (ck_index tile = first; tile < last; tile++) {
    ck_index image = tile / per_image;
    ck_index top = tile % per_image / w->tiles_wide * w->step - w->pad_top, left = tile % w->tiles_wide * w->step;
    for (ck_index y = ck_max(top, 0); y < ck_min(top + w->size, w->source.height); y++) {
      const float *row = run->in + (image * w->source.height + y) * w->source.width * run->in_pitch;
      for (ck_index x = ck_max(left, 0); x < ck_min(left + w->step, w->source.width); x++) {
        for (ck_index c = 0; c < w->source.channels; c += CK_LANES) __builtin_prefetch(row + x * run->in_pitch + c, 0, 2);
      }
    }
  }
}

static void one_pass_unit(void *context, ck_index unit, int worker) {
  const winograd_run *run = context;
  const winograd *w = &run->w;
  ck_index first = run->tiles * unit / run->units, tiles = run->tiles * (unit + 1) / run->units - first;
  // As workers claim units (Threads.c): every other one from the back.
  ck_index after_this = worker & 1 ? unit - 1 : unit + 1, next = 0, next_tiles = 0;
  if (after_this >= 0 && after_this < run->units) {
    next = run->tiles * after_this / run->units;
    next_tiles = run->tiles * (after_this + 1) / run->units - next;
  }
  float *edge = run->workers + worker * run->worker_floats, *before = edge + edge_floats(w);
  float *after = before + w->frequencies * w->unit_tiles * w->source_pitch;
  ck_index before_step = tiles * w->source_pitch, after_step = tiles * 2 * CK_LANES;
  for (ck_index t = 0; t < tiles; t++) {
    transform(run, first + t, edge, before + t * w->source_pitch, before_step);
  }
  ck_index channels = w->source.channels, panel_stride = w->frequencies * channels * CK_LANES;
  for (ck_index panel = 0; panel < w->panels; panel += 2) {
    ck_index c = panel * CK_LANES, count = ck_min(2 * CK_LANES, w->result.channels - c);
    for (ck_index t = 0; t < tiles; t++) prefetch_results(run, first + t, c, count);
    prefetch_sources(run, next + next_tiles * panel / w->panels, next + next_tiles * ck_min(panel + 2, w->panels) / w->panels);
    ck_frequencies products = {
        w->frequencies, tiles, channels, ck_min(2, w->panels - panel), before, w->source_pitch, before_step, after,
        2 * CK_LANES, after_step, run->packed + panel * panel_stride, panel_stride};
    run->kernels->multiply_frequencies(&products);
    for (ck_index t = 0; t < tiles; t++) inverse(run, first + t, after + t * 2 * CK_LANES, after_step, c, count);
  }
}

static void transform_unit(void *context, ck_index unit, int worker) {
  const winograd_run *run = context;
  float *edge = run->workers + worker * run->worker_floats;
  transform(run, run->first + unit, edge, run->before + unit * run->w.source_pitch, run->count * run->w.source_pitch);
}

static void product_unit(void *context, ck_index unit, int worker) {
  const winograd_run *run = context;
  const winograd *w = &run->w;
  ck_index f = unit / run->panel_units, j = unit % run->panel_units;
  const float *sources[CK_MAX_ROWS];
  ck_index pixels[CK_MAX_ROWS];
  for (ck_index t = 0; t < run->count; t++) {
    pixels[t] = t;
    sources[t] = run->before + (f * run->count + t) * w->source_pitch;
  }
  ck_index channels = w->source.channels, pairs = ck_divide_up(w->panels, 2);
  ck_index first = pairs * j / run->panel_units * 2;
  ck_index panels = ck_min(w->panels, pairs * (j + 1) / run->panel_units * 2) - first;
  ck_index panel_stride = (run->turned ? 1 : w->frequencies) * channels * CK_LANES;
  const float *packed = run->packed + first * panel_stride + f * channels * CK_LANES;
  if (run->turned) {
    float *weights = run->workers + worker * run->worker_floats + edge_floats(w);
    ck_index last = ck_divide_up(channels, CK_LANES);
    ck_turn_frequency(run->kernels, run->turned, f, first, panels, 0, last, run->packed, weights, panel_stride);
    packed = weights;
  }
  ck_block block = {sources, pixels, run->count, {1, 1, channels, 0, 0}, packed, panel_stride, 0, panels};
  float *out = run->after + f * run->count * w->result_pitch + first * CK_LANES;
  ck_target target = ck_target_plain(out, w->result_pitch);
  run->kernels->multiply(&block, &target);
}

static void inverse_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const winograd_run *run = context;
  const winograd *w = &run->w;
  inverse(
      run, run->first + unit, run->after + unit * w->result_pitch, run->count * w->result_pitch, 0,
      w->result.channels);
}

static void run_tiles(winograd_run *run, ck_index batch, float *workspace, int threads) {
  const winograd *w = &run->w;
  run->tiles = batch * w->tiles_high * w->tiles_wide;
  run->worker_floats = worker_floats(w, run->turned != NULL);
  if (!w->three_passes) {
    run->workers = workspace;
    run->units = ck_divide_up(run->tiles, w->unit_tiles);
    if (run->units < 6) run->units = ck_divide_up(run->tiles, ck_min(14, w->unit_tiles));
    ck_parallel_for(run->units, threads, one_pass_unit, run);
    return;
  }
  ck_index most = pass_tiles(w, batch);
  run->before = workspace;
  run->after = run->before + w->frequencies * most * w->source_pitch;
  run->workers = run->after + w->frequencies * most * w->result_pitch;
  run->panel_units = ck_divide_up(w->panels, UNIT_PANELS);
  for (run->first = 0; run->first < run->tiles; run->first += run->count) {
    run->count = ck_min(most, run->tiles - run->first);
    ck_parallel_for(run->count, threads, transform_unit, run);
    ck_parallel_for(w->frequencies * run->panel_units, threads, product_unit, run);
    ck_parallel_for(run->count, threads, inverse_unit, run);
  }
}

void ck_winograd_run(
    const ck_conv *c, ck_direction d, ck_index size, ck_index batch, const float *in, ck_index in_pitch,
    const float *packed, int turned, const ck_target *target, float *workspace, int threads) {
  winograd_run run = {
      .kernels = ck_kernels(), .w = winograd_make(c, d, size, turned), .in = in, .in_pitch = in_pitch, .packed = packed,
      .turned = turned ? c : NULL, .target = target};
  const winograd *w = &run.w;
  // No max pooling follows a gradient, and what a mask leaves differs from pixel to pixel.
  if (d != CK_FORWARD || target->parts & (CK_HAS_MASK | CK_HAS_GATES)) {
    run_tiles(&run, batch, workspace, threads);
    return;
  }
  ck_equal_windows equal =
      ck_equal_windows_make(w->source, w->result, w->pad_top, w->pad_left, batch, in, in_pitch, target, workspace);
  int found = ck_equal_windows_find(&equal, threads);
  run_tiles(&run, batch, workspace + ck_equal_windows_size(w->result, batch), threads);
  if (found) ck_equal_windows_copy(&equal, threads);
}
