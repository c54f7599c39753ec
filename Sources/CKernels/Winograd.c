// Winograd convolution: F(2x2, 3x3) and F(4x4, 3x3), forward and backward (the same with the filter turned round).
//
// Packed filters are [panel][frequency][channel][16], so that the products of all frequencies of a pair of panels lie
// together. Small layers run transform -> products -> inverse on a few tiles while those are in the second-level cache;
// large ones in three passes, because their filters are worth reading only once.
#include "WinogradTiles.h"

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
