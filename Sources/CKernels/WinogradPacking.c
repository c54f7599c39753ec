// Winograd convolution: filters packed as [panel][frequency][channel][16].
#include "WinogradPlan.h"

ck_index ck_winograd_packed_size(const ck_conv *c, ck_direction d, ck_index size) {
  winograd w = winograd_make(c, d, size, 0);
  return w.panels * CK_LANES * w.frequencies * w.source.channels;
}

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
