// Layer normalisation and softmax: rows, shared out.
#include "kernels/Table.h"

typedef struct norm_run {
  void (*body)(const ck_norm_row *row, float *out);
  ck_norm_row row;
  ck_index rows, units;
  float *out;
} norm_run;

static void norm_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const norm_run *run = context;
  ck_index first = run->rows * unit / run->units, last = run->rows * (unit + 1) / run->units;
  for (ck_index r = first; r < last; r++) {
    ck_norm_row row = run->row;
    row.in += r * row.size;
    if (row.gradient) row.gradient += r * row.size;
    run->body(&row, run->out + r * row.size);
  }
}

static void run_norm(norm_run *run, int threads) {
  enum { UNIT_FLOATS = 8192 };
  run->units = ck_max(1, ck_min(run->rows, run->rows * run->row.size / UNIT_FLOATS));
  ck_parallel_for(run->units, threads, norm_unit, run);
}

void ck_layer_norm_forward(
    ck_index rows, ck_index size, const float *in, const float *gamma, const float *beta, double epsilon, float *out,
    int threads) {
  norm_run run = {ck_kernels()->normalize, {size, in, NULL, gamma, beta, epsilon}, rows, 1, out};
  run_norm(&run, threads);
}

void ck_layer_norm_backward(
    ck_index rows, ck_index size, const float *gradient, const float *in, const float *gamma, double epsilon,
    float *out, int threads) {
  norm_run run = {ck_kernels()->normalize_backward, {size, in, gradient, gamma, NULL, epsilon}, rows, 1, out};
  run_norm(&run, threads);
}

void ck_softmax_forward(ck_index rows, ck_index size, const float *in, float *out, int threads) {
  norm_run run = {ck_kernels()->softmax, {size, in, NULL, NULL, NULL, 0}, rows, 1, out};
  run_norm(&run, threads);
}

void ck_softmax_backward(
    ck_index rows, ck_index size, const float *gradient, const float *softmax, float *out, int threads) {
  norm_run run = {ck_kernels()->softmax_backward, {size, softmax, gradient, NULL, NULL, 0}, rows, 1, out};
  run_norm(&run, threads);
}
