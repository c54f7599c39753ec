// Phases of a convolution, and the run of a grid.
#include "Plan.h"

static ck_index gcd(ck_index a, ck_index b) { return b == 0 ? a : gcd(b, a % b); }

/// a / b rounded down, for a of either sign.
static ck_index floor_divide(ck_index a, ck_index b) { return a >= 0 ? a / b : -ck_divide_up(-a, b); }

static ck_axis forward_axis(ck_index results, ck_index kernel, ck_index stride, ck_index dilation, ck_index pad) {
  return (ck_axis){results, 0, 1, -pad, stride, kernel, dilation, 0, 1};
}

/// Input positions at, at + stride, ... read output position (position + pad - k * dilation) / stride for each k
/// that divides evenly.
static ck_axis backward_axis(
    ck_index at, ck_index size, ck_index kernel, ck_index stride, ck_index dilation, ck_index pad) {
  ck_axis axis = {ck_divide_up(size - at, stride), at, stride, 0, 1, 0, 0, 0, stride / gcd(stride, dilation)};
  while (axis.filter_first < kernel && (at + pad - axis.filter_first * dilation) % stride != 0) axis.filter_first++;
  if (axis.filter_first >= kernel) return axis;
  axis.taps = (kernel - 1 - axis.filter_first) / axis.filter_step + 1;
  axis.start = floor_divide(at + pad - axis.filter_first * dilation, stride);
  axis.tap_step = -(axis.filter_step * dilation / stride);
  return axis;
}

ck_index ck_phase_count(const ck_conv *c, ck_direction d) {
  if (d == CK_FORWARD) return 1;
  return ck_min(c->stride_height, c->in_height) * ck_min(c->stride_width, c->in_width);
}

static ck_phase make_phase(const ck_conv *c, ck_direction d, ck_index index) {
  ck_phase phase = {0};
  if (d == CK_FORWARD) {
    phase.y = forward_axis(c->out_height, c->kernel_height, c->stride_height, c->dilation_height, c->pad_top);
    phase.x = forward_axis(c->out_width, c->kernel_width, c->stride_width, c->dilation_width, c->pad_left);
  } else {
    ck_index across = ck_min(c->stride_width, c->in_width);
    phase.y = backward_axis(
        index / across, c->in_height, c->kernel_height, c->stride_height, c->dilation_height, c->pad_top);
    phase.x = backward_axis(
        index % across, c->in_width, c->kernel_width, c->stride_width, c->dilation_width, c->pad_left);
  }
  phase.depth = phase.y.taps * phase.x.taps * (ck_conv_source(c, d).channels / c->groups);
  ck_index panels = ck_divide_up(ck_conv_result(c, d).channels / c->groups, CK_LANES);
  phase.packed_group = panels * CK_LANES * phase.depth;
  return phase;
}

ck_phase ck_phase_make(const ck_conv *c, ck_direction d, ck_index index) {
  ck_index before = 0;
  for (ck_index i = 0; i < index; i++) before += make_phase(c, d, i).packed_group * c->groups;
  ck_phase phase = make_phase(c, d, index);
  phase.packed_first = before;
  return phase;
}

static void widen(const ck_axis *axis, ck_index *low, ck_index *high) {
  if (axis->taps == 0 || axis->results == 0) return;
  ck_index last = axis->start + (axis->results - 1) * axis->source_step;
  ck_index reach = (axis->taps - 1) * axis->tap_step;
  *low = ck_min(*low, axis->start + ck_min(reach, 0));
  *high = ck_max(*high, last + ck_max(reach, 0) + 1);
}

ck_extent ck_conv_extent(const ck_conv *c, ck_direction d) {
  ck_extent extent = {0, 0, 0, 0};
  for (ck_index i = 0; i < ck_phase_count(c, d); i++) {
    ck_phase phase = make_phase(c, d, i);
    if (phase.depth == 0) continue;
    widen(&phase.y, &extent.top, &extent.bottom);
    widen(&phase.x, &extent.left, &extent.right);
  }
  return extent;
}

// MARK: Grid

typedef struct grid_run {
  const ck_table *kernels;
  const ck_grid *grid;
  ck_index positions, row_units, panel_units;
} grid_run;

static void grid_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const grid_run *run = context;
  const ck_grid *g = run->grid;
  ck_index i = unit / run->panel_units, j = unit % run->panel_units;
  ck_index first = run->positions * i / run->row_units, last = run->positions * (i + 1) / run->row_units;
  const float *sources[CK_MAX_ROWS];
  ck_index pixels[CK_MAX_ROWS];
  ck_index x = first % g->columns, y = first / g->columns % g->rows, image = first / g->columns / g->rows;
  for (ck_index p = 0; p < last - first;) {
    const float *in = g->in + image * g->in_image + y * g->in_row + x * g->in_column;
    ck_index pixel = g->out_first + image * g->out_image + y * g->out_row + x * g->out_column;
    ck_index in_row = ck_min(g->columns - x, last - first - p);
    for (ck_index i = 0; i < in_row; i++, p++) {
      sources[p] = in + i * g->in_column;
      pixels[p] = pixel + i * g->out_column;
    }
    x = 0;
    if (++y < g->rows) continue;
    y = 0;
    image++;
  }
  // Panels are cut in pairs, which is what the widest kernel takes at once.
  ck_index pairs = ck_divide_up(g->panels, 2);
  ck_block block = {
      sources, pixels, last - first, g->taps, g->packed, g->panel_stride, pairs * j / run->panel_units * 2,
      ck_min(g->panels, pairs * (j + 1) / run->panel_units * 2)};
  run->kernels->multiply(&block, &g->target);
}

/// Units of at most 64 K floats of source, so that they stay in the second-level cache while all panels pass; fewer
/// positions than that are cut by panels.
void ck_grid_run(const ck_grid *g, int threads) {
  enum { SOURCE_FLOATS = 65536, UNITS = 12 };
  grid_run run = {g->kernels ? g->kernels : ck_kernels(), g, g->batch * g->rows * g->columns, 1, 1};
  if (run.positions == 0 || g->panels == 0) return;
  ck_index depth = g->taps.rows * g->taps.columns * g->taps.length;
  ck_index per_row = ck_max(1, ck_min(depth, g->in_column * g->taps.rows));
  ck_index rows = ck_max(14, ck_min(CK_MAX_ROWS, SOURCE_FLOATS / per_row / 14 * 14));
  run.row_units = ck_divide_up(run.positions, rows);
  // Alone there is nobody to share with, and whole blocks of rows are best.
  ck_index units = ck_max(UNITS, ck_min(48, run.positions * depth * g->panels * CK_LANES / 1000000));
  if (threads > 1 && run.row_units < units) {
    run.panel_units = ck_min(ck_divide_up(units, run.row_units), ck_divide_up(g->panels, 2));
  }
  if (threads > 1 && run.row_units * run.panel_units < UNITS) {
    ck_index smaller = ck_divide_up(UNITS, run.panel_units);
    run.row_units = ck_max(run.row_units, ck_min(smaller, ck_divide_up(run.positions, 14)));
  }
  ck_parallel_for(run.row_units * run.panel_units, threads, grid_unit, &run);
}
