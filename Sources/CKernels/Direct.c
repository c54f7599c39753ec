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

// MARK: Halo

/// One filter row as one run of floats: worth it while a pixel's channels are few. A matter of shape alone, because it
/// decides where long sums are split.
static int merges_columns(const ck_conv *c, ck_direction d) {
  return d == CK_FORWARD && c->dilation_width == 1 && c->groups == 1 && c->in_channels < 64 && c->kernel_width > 1;
}

static int needs_halo(const ck_conv *c, ck_direction d) {
  ck_extent e = ck_conv_extent(c, d);
  ck_image source = ck_conv_source(c, d);
  return e.top < 0 || e.left < 0 || e.bottom > source.height || e.right > source.width;
}

static ck_index halo_size(const ck_conv *c, ck_direction d) {
  ck_extent e = ck_conv_extent(c, d);
  return (e.bottom - e.top) * (e.right - e.left) * ck_conv_source(c, d).channels;
}

/// Samples convolved at once where a halo is copied: enough to keep small images busy, few enough to bound memory.
static ck_index samples_at_once(const ck_conv *c, ck_direction d, ck_index batch) {
  ck_image result = ck_conv_result(c, d);
  return ck_max(1, ck_min(batch, 1024 / (result.height * result.width)));
}

ck_index ck_direct_workspace_size(const ck_conv *c, ck_direction d, ck_index batch) {
  // A merged filter row also needs pixels without gaps, whatever pitch the input comes with.
  if (!needs_halo(c, d) && !merges_columns(c, d)) return 0;
  return halo_size(c, d) * samples_at_once(c, d, batch);
}

typedef struct halo_run {
  const float *in;
  ck_index pitch;
  ck_image source;
  ck_extent extent;
  float *out;
} halo_run;

/// Copies one row of the extent, zeros where it leaves the image.
static void halo_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const halo_run *run = context;
  ck_index height = run->extent.bottom - run->extent.top, width = run->extent.right - run->extent.left;
  ck_index y = unit % height + run->extent.top, channels = run->source.channels;
  float *out = run->out + unit * width * channels;
  if (y < 0 || y >= run->source.height) {
    memset(out, 0, (size_t)(width * channels) * sizeof(float));
    return;
  }
  ck_index first = ck_max(run->extent.left, 0), last = ck_min(run->extent.right, run->source.width);
  const float *in = run->in + (unit / height * run->source.height + y) * run->source.width * run->pitch;
  ck_index left = first - run->extent.left, right = width - left - (last - first);
  memset(out, 0, (size_t)(left * channels) * sizeof(float));
  out += left * channels;
  if (run->pitch == channels) {
    memcpy(out, in + first * channels, (size_t)((last - first) * channels) * sizeof(float));
    out += (last - first) * channels;
  } else {
    for (ck_index x = first; x < last; x++, out += channels) {
      memcpy(out, in + x * run->pitch, (size_t)channels * sizeof(float));
    }
  }
  memset(out, 0, (size_t)(right * channels) * sizeof(float));
}

// MARK: Run

/// The source of one pass: the input itself or its copy with a halo.
typedef struct pass {
  const float *data;
  ck_index batch, first_sample;
  /// Position (0, 0) of the image in `data`, in pixels; pixels per row and per image; floats per pixel.
  ck_index origin_y, origin_x, width, image, pitch;
} pass;

static void run_phase(
    const ck_conv *c, ck_direction d, ck_index index, const pass *p, const float *packed, const ck_target *target,
    int threads) {
  ck_phase phase = ck_phase_make(c, d, index);
  ck_image result = ck_conv_result(c, d), source = ck_conv_source(c, d);
  ck_index per_group = result.channels / c->groups;
  ck_grid grid = {
      .batch = p->batch, .rows = phase.y.results, .columns = phase.x.results,
      .in_image = p->image * p->pitch, .in_row = phase.y.source_step * p->width * p->pitch,
      .in_column = phase.x.source_step * p->pitch,
      .out_first = (p->first_sample * result.height + phase.y.first) * result.width + phase.x.first,
      .out_image = result.height * result.width, .out_row = phase.y.stride * result.width,
      .out_column = phase.x.stride,
      .taps = {phase.y.taps, phase.x.taps, source.channels / c->groups, phase.y.tap_step * p->width * p->pitch,
               phase.x.tap_step * p->pitch},
      .panel_stride = phase.depth * CK_LANES, .panels = ck_divide_up(per_group, CK_LANES)};
  if (merges_columns(c, d)) {
    grid.taps.length *= grid.taps.columns;
    grid.taps.columns = 1;
  }
  if (phase.depth == 0) grid.taps.rows = 0;
  for (ck_index g = 0; g < c->groups; g++) {
    ck_index first = g * per_group;
    grid.in = p->data + g * (source.channels / c->groups);
    // Where a phase has no taps its start means nothing.
    if (phase.depth > 0) {
      grid.in += ((phase.y.start - p->origin_y) * p->width + phase.x.start - p->origin_x) * p->pitch;
    }
    grid.packed = packed + phase.packed_first + g * phase.packed_group;
    grid.target = ck_target_make(target->data + first, target->pitch, per_group, &target->epilogue);
    grid.target.streams = target->streams;
    ck_epilogue *e = &grid.target.epilogue;
    if (e->bias) e->bias += first;
    if (e->scale) e->scale += first, e->shift += first;
    if (e->add) e->add += first;
    if (e->mask) e->mask += first;
    if (e->gates) e->gates += first / CK_LANES;
    if (e->new_gates) e->new_gates += first / CK_LANES;
    if (e->post_scale) e->post_scale += first;
    ck_grid_run(&grid, threads);
  }
}

void ck_direct_run(
    const ck_conv *c, ck_direction d, ck_index batch, const float *in, ck_index in_pitch, const float *packed,
    const ck_target *target, float *workspace, int threads) {
  ck_image source = ck_conv_source(c, d);
  ck_extent extent = ck_conv_extent(c, d);
  int copies = needs_halo(c, d) || (merges_columns(c, d) && in_pitch != source.channels);
  ck_index samples = copies ? samples_at_once(c, d, batch) : batch;
  ck_index height = extent.bottom - extent.top, width = extent.right - extent.left;
  for (ck_index first = 0; first < batch; first += samples) {
    pass p = {in, ck_min(samples, batch - first), first, 0, 0, source.width, source.height * source.width, in_pitch};
    if (copies) {
      halo_run halo = {
          in + first * source.height * source.width * in_pitch, in_pitch, source, extent, workspace};
      ck_parallel_for(p.batch * height, threads, halo_unit, &halo);
      p = (pass){workspace, p.batch, first, extent.top, extent.left, width, height * width, source.channels};
    }
    for (ck_index i = 0; i < ck_phase_count(c, d); i++) run_phase(c, d, i, &p, packed, target, threads);
  }
}
