// Weights of direct convolution in panels of 16 results, in the order in which the kernel reads them, and back.
#include "Plan.h"

ck_index ck_direct_packed_size(const ck_conv *c, ck_direction d) {
  ck_index size = 0;
  for (ck_index i = 0; i < ck_phase_count(c, d); i++) size += ck_phase_make(c, d, i).packed_group * c->groups;
  return size;
}

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

typedef struct unpack_run {
  const ck_conv *conv;
  const float *packed;
  float *filter;
  ck_index panels;
} unpack_run;

static void unpack_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const unpack_run *run = context;
  const ck_conv *c = run->conv;
  ck_index group_in = c->in_channels / c->groups, group_out = c->out_channels / c->groups;
  ck_index group = unit / run->panels, panel = unit % run->panels, n = ck_min(CK_LANES, group_out - panel * CK_LANES);
  ck_index depth = c->kernel_height * c->kernel_width * group_in;
  const float *in = run->packed + unit * depth * CK_LANES;
  float *out = run->filter + group * group_out + panel * CK_LANES;
  for (ck_index k = 0; k < depth; k++) {
    memcpy(out + k * c->out_channels, in + k * CK_LANES, (size_t)n * sizeof(float));
  }
}

void ck_direct_unpack(const ck_conv *c, const float *packed, float *filter, int threads) {
  unpack_run run = {c, packed, filter, ck_divide_up(c->out_channels / c->groups, CK_LANES)};
  ck_parallel_for(c->groups * run.panels, threads, unpack_unit, &run);
}
