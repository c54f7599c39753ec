// Axes in another order: blocks that read and write whole lines, shared out.
#include "kernels/Table.h"

typedef struct permute_run {
  ck_index rank;
  const ck_index *sizes, *steps;
  /// The axis that is contiguous in the input, or -1 if it is the last one of the output too.
  ck_index inner, inner_stride;
  const float *in;
  float *out;
} permute_run;

/// Where a unit begins in the output and in the input: units count all axes but the last and the inner one.
static void locate(const permute_run *run, ck_index unit, ck_index *to, ck_index *from) {
  ck_index stride = run->sizes[run->rank - 1];
  *to = *from = 0;
  for (ck_index axis = run->rank - 2; axis >= 0; axis--) {
    if (axis != run->inner) {
      ck_index index = unit % run->sizes[axis];
      unit /= run->sizes[axis];
      *to += index * stride;
      *from += index * run->steps[axis];
    }
    stride *= run->sizes[axis];
  }
}

static void permute_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const permute_run *run = context;
  ck_index to, from, width = run->sizes[run->rank - 1], step = run->steps[run->rank - 1];
  locate(run, unit, &to, &from);
  const float *in = run->in + from;
  float *out = run->out + to;
  if (step == 1) {
    memcpy(out, in, (size_t)width * sizeof(float));
  } else if (run->inner < 0) {
    for (ck_index i = 0; i < width; i++) out[i] = in[i * step];
  } else {
    ck_index count = run->sizes[run->inner];
    for (ck_index first = 0; first < count; first += CK_LANES) {
      ck_index last = ck_min(count, first + CK_LANES);
      for (ck_index start = 0; start < width; start += CK_LANES) {
        ck_index end = ck_min(width, start + CK_LANES);
        for (ck_index j = first; j < last; j++) {
          for (ck_index i = start; i < end; i++) out[j * run->inner_stride + i] = in[j + i * step];
        }
      }
    }
  }
}

void ck_permute(
    ck_index rank, const ck_index *sizes, const ck_index *steps, const float *in, float *out, int threads) {
  permute_run run = {rank, sizes, steps, -1, 0, in, out};
  ck_index stride = sizes[rank - 1], units = 1;
  for (ck_index axis = rank - 2; axis >= 0; axis--) {
    if (steps[rank - 1] != 1 && steps[axis] == 1 && run.inner < 0) {
      run.inner = axis;
      run.inner_stride = stride;
    } else {
      units *= sizes[axis];
    }
    stride *= sizes[axis];
  }
  ck_parallel_for(units, units * sizes[rank - 1] < 4096 ? 1 : threads, permute_unit, &run);
}
