// Products of many pairs of matrices: the pairs are shared out, or, of a single pair, its rows.
#include "kernels/Table.h"

typedef struct products_run {
  const ck_products *products;
  float *out, *workspace;
  ck_index slice;
  int threads;
} products_run;

/// Floats of one worker's copies: the second matrix packed, and the first where its rows are not contiguous.
static ck_index slice_size(const ck_products *p) {
  ck_index rows = p->first.column == 1 ? 0 : p->rows * p->inner;
  return ck_round_up(ck_gemm_packed_size(p->inner, p->columns) + rows, CK_LANES);
}

ck_index ck_products_workspace_size(const ck_products *p, int threads) {
  return slice_size(p) * ck_max(1, ck_min(ck_min(threads, CK_MAX_THREADS), p->count));
}

/// Rows of a matrix whose columns are contiguous, in blocks that both sides read and write whole lines of.
static void copy_rows(const ck_products *p, const float *in, float *out) {
  for (ck_index first = 0; first < p->inner; first += CK_LANES) {
    ck_index last = ck_min(p->inner, first + CK_LANES);
    for (ck_index r = 0; r < p->rows; r++) {
      for (ck_index k = first; k < last; k++) out[r * p->inner + k] = in[r * p->first.row + k * p->first.column];
    }
  }
}

static void product_unit(void *context, ck_index unit, int worker) {
  const products_run *run = context;
  const ck_products *p = run->products;
  const float *first = p->first.start + unit * p->first.step;
  float *packed = run->workspace + worker * run->slice;
  ck_index pitch = p->first.row;
  ck_gemm_pack(
      p->inner, p->columns, p->second.start + unit * p->second.step, p->second.row, p->second.column, packed);
  if (p->first.column != 1) {
    float *rows = packed + ck_gemm_packed_size(p->inner, p->columns);
    copy_rows(p, first, rows);
    first = rows;
    pitch = p->inner;
  }
  ck_gemm_run(
      p->rows, p->inner, p->columns, first, pitch, packed, NULL, run->out + unit * p->rows * p->columns, p->columns,
      run->threads);
}

void ck_products_run(const ck_products *p, float *out, float *workspace, int threads) {
  products_run run = {p, out, workspace, slice_size(p), p->count == 1 ? threads : 1};
  if (p->count == 1) {
    product_unit(&run, 0, 0);
  } else {
    ck_parallel_for(p->count, threads, product_unit, &run);
  }
}
