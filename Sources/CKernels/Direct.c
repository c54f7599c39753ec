// Direct convolution: an implicit matrix product, with weights packed in panels and a zero halo copied where needed.
#include "Plan.h"

ck_index ck_direct_packed_size(const ck_conv *c, ck_direction d) {
  ck_index size = 0;
  for (ck_index i = 0; i < ck_phase_count(c, d); i++) size += ck_phase_make(c, d, i).packed_group * c->groups;
  return size;
}

// MARK: Packing

typedef struct pack_run {
  const ck_conv *conv;
  ck_direction direction;
  const float *filter;
  float *packed;
  ck_index panels;
} pack_run;

/// Panel p of one phase and group: 16 results of every product, in the order of the taps.
static void pack_panel(const pack_run *run, const ck_phase *phase, ck_index group, ck_index panel) {
  const ck_conv *c = run->conv;
  int forward = run->direction == CK_FORWARD;
  ck_index group_in = c->in_channels / c->groups, group_out = c->out_channels / c->groups;
  ck_index sources = forward ? group_in : group_out, results = forward ? group_out : group_in;
  ck_index source_step = forward ? c->out_channels : 1, result_step = forward ? 1 : c->out_channels;
  ck_index n = ck_min(CK_LANES, results - panel * CK_LANES);
  float *out = run->packed + phase->packed_first + group * phase->packed_group + panel * CK_LANES * phase->depth;
  for (ck_index jy = 0; jy < phase->y.taps; jy++) {
    for (ck_index jx = 0; jx < phase->x.taps; jx++) {
      ck_index ky = phase->y.filter_first + jy * phase->y.filter_step;
      ck_index kx = phase->x.filter_first + jx * phase->x.filter_step;
      const float *tap = run->filter + (ky * c->kernel_width + kx) * group_in * c->out_channels + group * group_out +
                         panel * CK_LANES * result_step;
      for (ck_index s = 0; s < sources; s++, out += CK_LANES) {
        for (ck_index r = 0; r < n; r++) out[r] = tap[s * source_step + r * result_step];
        for (ck_index r = n; r < CK_LANES; r++) out[r] = 0;
      }
    }
  }
}

static void pack_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const pack_run *run = context;
  ck_index panel = unit % run->panels, group = unit / run->panels % run->conv->groups;
  ck_phase phase = ck_phase_make(run->conv, run->direction, unit / run->panels / run->conv->groups);
  pack_panel(run, &phase, group, panel);
}

void ck_direct_pack(const ck_conv *c, ck_direction d, const float *filter, float *packed, int threads) {
  ck_index panels = ck_divide_up(ck_conv_result(c, d).channels / c->groups, CK_LANES);
  pack_run run = {c, d, filter, packed, panels};
  ck_parallel_for(ck_phase_count(c, d) * c->groups * panels, threads, pack_unit, &run);
}

// MARK: Run

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

/// The part of a target that one group's results go to.
static ck_target group_target(const ck_target *whole, ck_index first, ck_index channels) {
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

void ck_direct_run(
    const ck_conv *c, ck_direction d, ck_index batch, const float *in, ck_index in_pitch, const float *packed,
    const ck_target *target, float *workspace, int threads) {
  ck_index samples = ck_direct_samples(c, d, batch, in_pitch);
  ck_index sources = ck_conv_source(c, d).channels / c->groups, results = ck_conv_result(c, d).channels / c->groups;
  for (ck_index first = 0; first < batch; first += samples) {
    ck_source source =
        ck_source_make(c, d, first, ck_min(samples, batch - first), in, in_pitch, workspace, threads);
    for (ck_index i = 0; i < ck_phase_count(c, d); i++) {
      ck_phase phase = ck_phase_make(c, d, i);
      ck_grid grid = ck_direct_grid(c, d, &phase, &source, packed);
      for (ck_index g = 0; g < c->groups; g++) {
        grid.target = group_target(target, g * results, results);
        ck_grid_run(&grid, threads);
        grid.in += sources;
        grid.packed += phase.packed_group;
      }
    }
  }
}
