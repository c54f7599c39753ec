// Dense layers. Forward, weights are read row by row as they lie in memory: a unit sums 256 inputs for a block of
// outputs, and the sums of all units are added in order afterwards.
#include "kernels/Table.h"

enum { SAMPLES_AT_ONCE = 8, OUTPUT_BLOCK = 4096 };

ck_index ck_dense_workspace_size(ck_index inputs, ck_index outputs, ck_index batch) {
  return ck_divide_up(inputs, CK_FLUSH) * ck_min(batch, SAMPLES_AT_ONCE) * ck_round_up(outputs, CK_LANES);
}

typedef struct dense_run {
  const ck_table *kernels;
  ck_index batch, inputs, outputs, first_sample;
  const float *in, *weights;
  float *sums;
  ck_index pitch, chunks, blocks;
  ck_target target;
} dense_run;

static void forward_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const dense_run *run = context;
  ck_index chunk = unit / run->blocks, block = unit % run->blocks;
  ck_dense_part part = {
      run->batch, run->inputs, run->outputs, chunk * CK_FLUSH, ck_min(run->inputs, (chunk + 1) * CK_FLUSH),
      block * OUTPUT_BLOCK, ck_min(run->outputs, (block + 1) * OUTPUT_BLOCK),
      run->in + run->first_sample * run->inputs, run->weights};
  run->kernels->dense_forward(&part, run->sums + chunk * run->batch * run->pitch, run->pitch);
}

/// Adds the chunks of one sample and stores its results.
static void reduce_unit(void *context, ck_index sample, int worker) {
  (void)worker;
  const dense_run *run = context;
  float *sums = run->sums + sample * run->pitch;
  // Divided by 1: the sum itself. The first chunk's place takes the total.
  run->kernels->sum_rows(run->chunks, run->outputs, sums, run->batch * run->pitch, 1, sums);
  ck_target target = ck_target_from(&run->target, run->first_sample + sample);
  run->kernels->map(sums, run->pitch, 0, 1, &target);
}

void ck_dense_forward(
    ck_index batch, ck_index inputs, ck_index outputs, const float *in, const float *weights,
    const ck_epilogue *epilogue, float *out, float *workspace, int threads) {
  dense_run run = {
      .kernels = ck_kernels(), .inputs = inputs, .outputs = outputs, .in = in, .weights = weights, .sums = workspace,
      .pitch = ck_round_up(outputs, CK_LANES), .chunks = ck_divide_up(inputs, CK_FLUSH),
      .blocks = ck_divide_up(outputs, OUTPUT_BLOCK), .target = ck_target_make(out, outputs, outputs, epilogue)};
  for (run.first_sample = 0; run.first_sample < batch; run.first_sample += run.batch) {
    run.batch = ck_min(SAMPLES_AT_ONCE, batch - run.first_sample);
    ck_parallel_for(run.chunks * run.blocks, threads, forward_unit, &run);
    ck_parallel_for(run.batch, threads, reduce_unit, &run);
  }
}

static void backward_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const dense_run *run = context;
  ck_dense_part part = {
      run->batch, run->inputs, run->outputs, unit * run->pitch, ck_min(run->inputs, (unit + 1) * run->pitch), 0,
      run->outputs, run->in, run->weights};
  run->kernels->dense_backward(&part, &run->target);
}

void ck_dense_backward(
    ck_index batch, ck_index inputs, ck_index outputs, const float *in, const float *weights,
    const ck_epilogue *epilogue, float *out, int threads) {
  // About 64 K weights a unit, whole vectors of results.
  ck_index rows = ck_max(CK_LANES, 65536 / outputs / CK_LANES * CK_LANES);
  dense_run run = {
      .kernels = ck_kernels(), .batch = batch, .inputs = inputs, .outputs = outputs, .in = in, .weights = weights,
      .pitch = rows, .target = ck_target_make(out, inputs, inputs, epilogue)};
  ck_parallel_for(ck_divide_up(inputs, rows), threads, backward_unit, &run);
}
