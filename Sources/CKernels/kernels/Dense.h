// Dense layers: row-major weights streamed once, for up to 8 samples.

enum { DENSE_SAMPLES = 8 };

/// Adds `rows` (at most 4) weight rows to the sums of `batch` samples.
INLINE void dense_rows(
    const ck_dense_part *part, const int batch, const int rows, const ck_index *row, float *sums, ck_index pitch) {
  for (ck_index o = part->first_output; o < part->last_output; o += CK_LANES) {
    ck_index n = ck_min(CK_LANES, part->last_output - o);
    vector w[4];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) w[r] = load_first(part->weights + row[r] * part->outputs + o, n);
    for (int b = 0; b < batch; b++) {
      const float *x = part->in + b * part->inputs;
      vector sum = load(sums + b * pitch + o);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) sum = multiply_add(splat(x[row[r]]), w[r], sum);
      store(sums + b * pitch + o, sum);
    }
  }
}

static void dense_forward(const ck_dense_part *part, float *sums, ck_index pitch) {
  int batch = (int)part->batch;
  for (int b = 0; b < batch; b++) {
    memset(sums + b * pitch + part->first_output, 0,
           (size_t)ck_round_up(part->last_output - part->first_output, CK_LANES) * sizeof(float));
  }
  ck_index rows[CK_FLUSH];
  ck_index count = 0;
  for (ck_index i = part->first; i < part->last; i++) {
    int used = 0;
    // A NaN is not equal to 0 and is used.
    for (int b = 0; b < batch; b++) used |= part->in[b * part->inputs + i] != 0;
    if (used) rows[count++] = i;
  }
  ck_index i = 0;
  for (; i + 4 <= count; i += 4) {
    if (batch == 1) {
      dense_rows(part, 1, 4, rows + i, sums, pitch);
    } else {
      dense_rows(part, batch, 4, rows + i, sums, pitch);
    }
  }
  for (; i < count; i++) dense_rows(part, batch, 1, rows + i, sums, pitch);
}

/// The only non-zero of n floats, or -1 where there is none or more than one.
static ck_index only_nonzero(const float *x, ck_index n) {
  ck_index found = -1;
  for (ck_index i = 0; i < n; i++) {
    if (x[i] == 0) continue;
    if (found >= 0) return -1;
    found = i;
  }
  return found;
}

/// The products of `rows` weight rows from i on with `batch` samples: row j of sample b at dots[b * CK_LANES + j].
///
/// Several rows at once, because four samples' gradients are more than the first-level cache holds, and are read again
/// for each group of rows.
INLINE void dense_dots(
    const ck_dense_part *part, const int batch, const int rows, ck_index sample, ck_index i, float *dots) {
  vector sum[4][4];
  const ck_index outputs = part->outputs;
  const float *w = part->weights + i * outputs, *x = part->in + sample * outputs;
  for (int b = 0; b < batch; b++) {
    for (int j = 0; j < rows; j++) sum[b][j] = zero();
  }
  for (ck_index o = 0; o < outputs; o += CK_LANES) {
    ck_index n = ck_min(CK_LANES, outputs - o);
    vector weights[4];
#pragma clang loop unroll(full)
    for (int j = 0; j < rows; j++) {
      weights[j] = load_first(w + j * outputs + o, n);
      __builtin_prefetch(w + (j + rows) * outputs + o);
    }
#pragma clang loop unroll(full)
    for (int b = 0; b < batch; b++) {
      vector gradient = load_first(x + b * outputs + o, n);
#pragma clang loop unroll(full)
      for (int j = 0; j < rows; j++) sum[b][j] = multiply_add(gradient, weights[j], sum[b][j]);
    }
  }
  for (int b = 0; b < batch; b++) {
    for (int j = 0; j < rows; j++) dots[b * CK_LANES + j] = sum_lanes(sum[b][j]);
  }
}

INLINE void dense_dot_rows(
    const ck_dense_part *part, const int batch, ck_index n, ck_index sample, ck_index i, float *dots) {
  ck_index j = 0;
  // One row after the other is what memory likes best, where one sample leaves nothing else to wait for.
  if (batch > 1) {
    for (; j + 4 <= n; j += 4) dense_dots(part, batch, 4, sample, i + j, dots + j);
  }
  for (; j < n; j++) dense_dots(part, batch, 1, sample, i + j, dots + j);
}

static void dense_backward(const ck_dense_part *part, const ck_target *target) {
  for (ck_index sample = 0; sample < part->batch;) {
    ck_index batch = part->batch - sample >= 4 ? 4 : 1;
    ck_index single = batch == 1 ? only_nonzero(part->in + sample * part->outputs, part->outputs) : -1;
    for (ck_index i = part->first; i < part->last; i += CK_LANES) {
      ck_index n = ck_min(CK_LANES, part->last - i);
      float dots[4 * CK_LANES] = {0};
      if (single >= 0) {
        // + 0 gives what summing the zeros would, where the product is -0.
        float x = part->in[sample * part->outputs + single];
        for (ck_index j = 0; j < n; j++) dots[j] = x * part->weights[(i + j) * part->outputs + single] + 0.0f;
      } else if (batch == 4) {
        dense_dot_rows(part, 4, n, sample, i, dots);
      } else {
        dense_dot_rows(part, 1, n, sample, i, dots);
      }
      for (ck_index b = 0; b < batch; b++) finish(load(dots + b * CK_LANES), target, sample + b, i, n);
    }
    sample += batch;
  }
}
