// Direct convolution: an implicit matrix product, with weights packed in panels (DirectPacking.c) and, where needed, a copy of
// the input with a zero halo (Halo.c).
#include "Plan.h"

/// Panels that are turned at once: as much as the second-level caches hold until it is read.
static ck_index turned_panels(const ck_phase *phase, ck_index panels) {
  enum { TURNED_FLOATS = 1 << 19 };
  return ck_min(panels, ck_max(2, TURNED_FLOATS / (phase->depth * CK_LANES) / 2 * 2));
}

static ck_index turned_size(const ck_conv *c) {
  ck_index size = 0;
  for (ck_index i = 0; i < ck_phase_count(c, CK_BACKWARD_DATA); i++) {
    ck_phase phase = ck_phase_make(c, CK_BACKWARD_DATA, i);
    if (phase.depth == 0) continue;
    size = ck_max(size, turned_panels(&phase, ck_divide_up(c->in_channels, CK_LANES)) * phase.depth * CK_LANES);
  }
  return size;
}

ck_index ck_direct_workspace_size(const ck_conv *c, ck_direction d, ck_index batch, int turned) {
  return ck_source_size(c, d, batch) + (turned ? turned_size(c) : 0);
}

ck_grid ck_direct_grid(
    const ck_conv *c, ck_direction d, const ck_phase *phase, const ck_source *s, const float *packed) {
  ck_image result = ck_conv_result(c, d), source = ck_conv_source(c, d);
  ck_grid grid = {
      .in = s->data, .batch = s->batch, .rows = phase->y.results, .columns = phase->x.results,
      .in_image = s->image * s->pitch, .in_row = phase->y.source_step * s->width * s->pitch,
      .in_column = phase->x.source_step * s->pitch,
      .out_first = (s->first_sample * result.height + phase->y.first) * result.width + phase->x.first,
      .out_image = result.height * result.width, .out_row = phase->y.stride * result.width,
      .out_column = phase->x.stride,
      .taps = {phase->y.taps, phase->x.taps, source.channels / c->groups, phase->y.tap_step * s->width * s->pitch,
               phase->x.tap_step * s->pitch},
      .packed = packed + phase->packed_first, .panel_stride = phase->depth * CK_LANES,
      .panels = ck_divide_up(result.channels / c->groups, CK_LANES)};
  if (ck_direct_merges_columns(c, d)) {
    grid.taps.length *= grid.taps.columns;
    grid.taps.columns = 1;
  }
  // Where a phase has no taps its start means nothing.
  if (phase->depth == 0) {
    grid.taps.rows = 0;
  } else {
    grid.in += ((phase->y.start - s->origin_y) * s->width + phase->x.start - s->origin_x) * s->pitch;
  }
  return grid;
}

/// Where channels [first, first + channels) of the results go; the first is one of a whole vector's, or gates are not there.
static ck_target part_of(const ck_target *whole, ck_index first, ck_index channels) {
  ck_target target = ck_target_make(whole->data + first, whole->pitch, channels, &whole->epilogue);
  target.streams = whole->streams;
  ck_epilogue *e = &target.epilogue;
  if (e->bias) e->bias += first;
  if (e->scale) e->scale += first, e->shift += first;
  if (e->add) e->add += first;
  if (e->mask) e->mask += first;
  if (e->gates) e->gates += first / CK_LANES;
  if (e->post_scale) e->post_scale += first;
  if (e->new_gates) e->new_gates += first / CK_LANES;
  return target;
}

static void run_phase(
    const ck_conv *c, ck_direction d, ck_index index, const ck_source *s, const float *packed, const ck_target *target,
    int threads) {
  ck_phase phase = ck_phase_make(c, d, index);
  ck_grid grid = ck_direct_grid(c, d, &phase, s, packed);
  ck_index per_group = ck_conv_result(c, d).channels / c->groups;
  for (ck_index g = 0; g < c->groups; g++) {
    grid.target = part_of(target, g * per_group, per_group);
    ck_grid_run(&grid, threads);
    grid.in += ck_conv_source(c, d).channels / c->groups;
    grid.packed += phase.packed_group;
  }
}

/// `run_phase` backward with forward weights, some panels after the others.
static void run_turned_phase(
    const ck_conv *c, ck_index index, const ck_source *s, const float *forward, const ck_target *target, float *turned,
    int threads) {
  ck_phase phase = ck_phase_make(c, CK_BACKWARD_DATA, index);
  ck_grid grid = ck_direct_grid(c, CK_BACKWARD_DATA, &phase, s, turned);
  ck_index panels = ck_divide_up(c->in_channels, CK_LANES);
  ck_index at_once = phase.depth == 0 ? panels : turned_panels(&phase, panels);
  grid.packed = turned;
  for (ck_index first = 0; first < panels; first += at_once) {
    grid.panels = ck_min(at_once, panels - first);
    ck_index channel = first * CK_LANES;
    if (phase.depth > 0) ck_turn_direct(c, &phase, first, grid.panels, forward, turned, threads);
    grid.target = part_of(target, channel, ck_min(grid.panels * CK_LANES, c->in_channels - channel));
    ck_grid_run(&grid, threads);
  }
}

void ck_direct_run(
    const ck_conv *c, ck_direction d, ck_index batch, const float *in, ck_index in_pitch, const float *packed,
    int turned, const ck_target *target, float *workspace, int threads) {
  ck_index samples = ck_direct_samples(c, d, batch, in_pitch);
  float *weights = turned ? workspace + ck_source_size(c, d, batch) : NULL;
  for (ck_index first = 0; first < batch; first += samples) {
    ck_source source =
        ck_source_make(c, d, first, ck_min(samples, batch - first), in, in_pitch, workspace, threads);
    for (ck_index i = 0; i < ck_phase_count(c, d); i++) {
      if (turned) {
        run_turned_phase(c, i, &source, packed, target, weights, threads);
      } else {
        run_phase(c, d, i, &source, packed, target, threads);
      }
    }
  }
}
