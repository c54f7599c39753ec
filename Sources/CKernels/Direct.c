// Direct convolution: an implicit matrix product, with weights packed in panels (DirectPacking.c) and a zero halo copied where
// needed.
#include "Plan.h"

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

static ck_index halo_workspace_size(const ck_conv *c, ck_direction d, ck_index batch) {
  // A merged filter row also needs pixels without gaps, whatever pitch the input comes with.
  if (!needs_halo(c, d) && !merges_columns(c, d)) return 0;
  return ck_round_up(halo_size(c, d) * samples_at_once(c, d, batch), CK_LANES);
}

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
  return halo_workspace_size(c, d, batch) + (turned ? turned_size(c) : 0);
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

/// The grid of a phase, without what belongs to its groups and panels.
static ck_grid phase_grid(const ck_conv *c, ck_direction d, const ck_phase *phase, const pass *p) {
  ck_image result = ck_conv_result(c, d), source = ck_conv_source(c, d);
  ck_grid grid = {
      .in = p->data, .batch = p->batch, .rows = phase->y.results, .columns = phase->x.results,
      .in_image = p->image * p->pitch, .in_row = phase->y.source_step * p->width * p->pitch,
      .in_column = phase->x.source_step * p->pitch,
      .out_first = (p->first_sample * result.height + phase->y.first) * result.width + phase->x.first,
      .out_image = result.height * result.width, .out_row = phase->y.stride * result.width,
      .out_column = phase->x.stride,
      .taps = {phase->y.taps, phase->x.taps, source.channels / c->groups, phase->y.tap_step * p->width * p->pitch,
               phase->x.tap_step * p->pitch},
      .panel_stride = phase->depth * CK_LANES};
  if (merges_columns(c, d)) {
    grid.taps.length *= grid.taps.columns;
    grid.taps.columns = 1;
  }
  // Where a phase has no taps its start means nothing.
  if (phase->depth == 0) {
    grid.taps.rows = 0;
  } else {
    grid.in += ((phase->y.start - p->origin_y) * p->width + phase->x.start - p->origin_x) * p->pitch;
  }
  return grid;
}

/// Where channels [first, first + count) of the results go.
static ck_target part_of(const ck_target *target, ck_index first, ck_index count) {
  ck_target part = ck_target_make(target->data + first, target->pitch, count, &target->epilogue);
  part.streams = target->streams;
  ck_epilogue *e = &part.epilogue;
  if (e->bias) e->bias += first;
  if (e->scale) e->scale += first, e->shift += first;
  if (e->add) e->add += first;
  if (e->mask) e->mask += first;
  if (e->post_scale) e->post_scale += first;
  return part;
}

static void run_phase(
    const ck_conv *c, ck_direction d, ck_index index, const pass *p, const float *packed, const ck_target *target,
    int threads) {
  ck_phase phase = ck_phase_make(c, d, index);
  ck_grid grid = phase_grid(c, d, &phase, p);
  ck_index per_group = ck_conv_result(c, d).channels / c->groups;
  grid.panels = ck_divide_up(per_group, CK_LANES);
  for (ck_index g = 0; g < c->groups; g++) {
    grid.packed = packed + phase.packed_first + g * phase.packed_group;
    grid.target = part_of(target, g * per_group, per_group);
    ck_grid_run(&grid, threads);
    grid.in += ck_conv_source(c, d).channels / c->groups;
  }
}

/// `run_phase` backward with forward weights, some panels after the others.
static void run_turned_phase(
    const ck_conv *c, ck_index index, const pass *p, const float *forward, const ck_target *target, float *turned,
    int threads) {
  ck_phase phase = ck_phase_make(c, CK_BACKWARD_DATA, index);
  ck_grid grid = phase_grid(c, CK_BACKWARD_DATA, &phase, p);
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
  ck_image source = ck_conv_source(c, d);
  ck_extent extent = ck_conv_extent(c, d);
  int copies = needs_halo(c, d) || (merges_columns(c, d) && in_pitch != source.channels);
  ck_index samples = copies ? samples_at_once(c, d, batch) : batch;
  ck_index height = extent.bottom - extent.top, width = extent.right - extent.left;
  float *weights = turned ? workspace + halo_workspace_size(c, d, batch) : NULL;
  for (ck_index first = 0; first < batch; first += samples) {
    pass p = {in, ck_min(samples, batch - first), first, 0, 0, source.width, source.height * source.width, in_pitch};
    if (copies) {
      halo_run halo = {
          in + first * source.height * source.width * in_pitch, in_pitch, source, extent, workspace};
      ck_parallel_for(p.batch * height, threads, halo_unit, &halo);
      p = (pass){workspace, p.batch, first, extent.top, extent.left, width, height * width, source.channels};
    }
    for (ck_index i = 0; i < ck_phase_count(c, d); i++) {
      if (turned) {
        run_turned_phase(c, i, &p, packed, target, weights, threads);
      } else {
        run_phase(c, d, i, &p, packed, target, threads);
      }
    }
  }
}
