// Softmax of one row, its sums in double precision.

static void softmax(const ck_norm_row *row, float *out) {
  const ck_index size = row->size;
  float top = -__builtin_inff();
  for (ck_index i = 0; i < size; i++) top = row->in[i] > top ? row->in[i] : top;
  // A row of -infinity has no largest number to take away.
  vector shift = splat(top == -__builtin_inff() ? 0 : top);
  doubles sums = splat_wide(0);
  ck_index i = 0, whole = size / CK_LANES * CK_LANES;
  for (; i < whole; i += CK_LANES) {
    vector e = exponential(load(row->in + i) - shift);
    sums += wide(e);
    store(out + i, e);
  }
  double sum = sum_wide(sums);
  if (i < size) {
    float rest[CK_LANES];
    store(rest, exponential(load_first(row->in + i, size - i) - shift));
    for (ck_index j = 0; i + j < size; j++) {
      sum += rest[j];
      out[i + j] = rest[j];
    }
  }
  vector factor = splat((float)(1 / sum));
  for (i = 0; i < size; i += CK_LANES) {
    ck_index n = ck_min(CK_LANES, size - i);
    store_first(out + i, load_first(out + i, n) * factor, n);
  }
}

/// p * (g - sum(p * g)).
static void softmax_backward(const ck_norm_row *row, float *out) {
  doubles sums = splat_wide(0);
  for (ck_index i = 0; i < row->size; i += CK_LANES) {
    ck_index n = ck_min(CK_LANES, row->size - i);
    sums += wide(load_first(row->in + i, n)) * wide(load_first(row->gradient + i, n));
  }
  doubles mean = splat_wide(sum_wide(sums));
  for (ck_index i = 0; i < row->size; i += CK_LANES) {
    ck_index n = ck_min(CK_LANES, row->size - i);
    doubles p = wide(load_first(row->in + i, n)), g = wide(load_first(row->gradient + i, n));
    store_first(out + i, narrow(p * (g - mean)), n);
  }
}
