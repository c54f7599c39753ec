// Weights of the way back from those of the way forward.
//
// The way back is the same convolution with its channels exchanged and its filter turned round. Direct weights are moved only.
// Of Winograd's F(2x2, 3x3) the transform of a filter turned round is the filter's transform in another order with some
// signs changed, because the reciprocals of its points 0, 1, -1 and infinity are those points: to the last bit, as a sum of
// two does not depend on their order (only a zero may have the other sign, and added to a sum that began at 0 it changes none).
#include "Plan.h"

typedef struct turn_run {
  const ck_table *kernels;
  const ck_conv *conv;
  const ck_phase *phase;
  ck_index first, count;
  const float *forward;
  float *packed;
} turn_run;

/// What lies together forward, one panel of outputs, a tap at a time.
static void direct_unit(void *context, ck_index unit, int worker) {
  const turn_run *run = context;
  const ck_conv *c = run->conv;
  const ck_phase *p = run->phase;
  ck_index plane = c->in_channels * CK_LANES;
  ck_index panel_floats = c->kernel_height * c->kernel_width * plane;
  const float *panel = run->forward + unit * panel_floats;
  for (ck_index j = 0; j < p->y.taps * p->x.taps; j++) {
    ck_index ky = p->y.filter_first + j / p->x.taps * p->y.filter_step;
    ck_index kx = p->x.filter_first + j % p->x.taps * p->x.filter_step;
    ck_turn turn = {
        .in = panel + (ky * c->kernel_width + kx) * plane + run->first * CK_LANES * CK_LANES,
        .out = run->packed + (j * c->out_channels + unit * CK_LANES) * CK_LANES, .blocks = run->count,
        .out_step = p->depth * CK_LANES,
        // This worker's next unit, as workers claim them (Threads.c): every other one from the back.
        .ahead = worker & 1 ? -panel_floats : panel_floats, .rows = c->in_channels - run->first * CK_LANES,
        .columns = ck_min(CK_LANES, c->out_channels - unit * CK_LANES)};
    run->kernels->turn(&turn);
  }
}

void ck_turn_direct(
    const ck_conv *c, const ck_phase *phase, ck_index first, ck_index count, const float *forward, float *packed,
    int threads) {
  turn_run run = {ck_kernels(), c, phase, first, count, forward, packed};
  ck_parallel_for(ck_divide_up(c->out_channels, CK_LANES), threads, direct_unit, &run);
}

void ck_turn_frequency(
    const ck_table *kernels, const ck_conv *c, ck_index frequency, ck_index first, ck_index count,
    ck_index first_source, ck_index last_source, const float *forward, float *packed, ck_index panel_stride) {
  // Of frequencies 0 and 3 each is the other's negative; 1 and 2 stay.
  static const ck_index other[4] = {3, 1, 2, 0};
  ck_index y = frequency / 4, x = frequency % 4, plane = c->in_channels * CK_LANES;
  int negate = (y % 3 == 0) != (x % 3 == 0);
  for (ck_index k = first_source; k < last_source; k++) {
    ck_turn turn = {
        .in = forward + (k * 16 + other[y] * 4 + other[x]) * plane + first * CK_LANES * CK_LANES,
        .out = packed + k * CK_LANES * CK_LANES, .blocks = count, .out_step = panel_stride, .ahead = 16 * plane,
        .rows = c->in_channels - first * CK_LANES, .columns = ck_min(CK_LANES, c->out_channels - k * CK_LANES),
        .negate = negate};
    kernels->turn(&turn);
  }
}

/// One panel of outputs, which lies together forward.
static void winograd_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const turn_run *run = context;
  ck_index plane = run->conv->out_channels * CK_LANES;
  for (ck_index f = 0; f < 16; f++) {
    ck_turn_frequency(
        run->kernels, run->conv, f, 0, run->count, unit, unit + 1, run->forward, run->packed + f * plane, 16 * plane);
  }
}

void ck_turn_winograd(const ck_conv *c, const float *forward, float *packed, int threads) {
  turn_run run = {ck_kernels(), c, NULL, 0, ck_divide_up(c->in_channels, CK_LANES), forward, packed};
  ck_parallel_for(ck_divide_up(c->out_channels, CK_LANES), threads, winograd_unit, &run);
}
