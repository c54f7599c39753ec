// Normal numbers in units of a few thousand pairs.
#include "kernels/Table.h"

enum { UNIT_PAIRS = 4096 };

typedef struct normal_run {
  const ck_table *kernels;
  uint64_t key, stream;
  ck_index count;
  float *out;
} normal_run;

static void normal_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const normal_run *run = context;
  ck_index first = unit * UNIT_PAIRS, pairs = ck_min(UNIT_PAIRS, run->count / 2 - first);
  if (pairs > 0) run->kernels->normals(run->key, run->stream, (uint64_t)first, pairs, run->out + 2 * first);
}

void ck_normal(uint64_t key, uint64_t stream, ck_index count, float *out, int threads) {
  normal_run run = {ck_kernels(), key, stream, count, out};
  ck_parallel_for(ck_divide_up(count / 2, UNIT_PAIRS), threads, normal_unit, &run);
  if (count % 2 == 0) return;
  float pair[2];
  run.kernels->normals(key, stream, (uint64_t)(count / 2), 1, pair);
  out[count - 1] = pair[0];
}
