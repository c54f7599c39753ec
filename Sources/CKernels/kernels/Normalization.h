// Layer normalisation of one row, in double precision.

typedef struct row_moments {
  double mean, scale;
} row_moments;

/// Mean, and 1 / sqrt(variance + epsilon). The last floats of a row that is no whole number of vectors are added one by one.
INLINE row_moments moments(const float *x, ck_index size, double epsilon) {
  doubles sums = splat_wide(0), squares = splat_wide(0);
  ck_index i = 0, whole = size / CK_LANES * CK_LANES;
  for (; i < whole; i += CK_LANES) sums += wide(load(x + i));
  double sum = sum_wide(sums);
  for (; i < size; i++) sum += x[i];
  double mean = sum / (double)size;
  for (i = 0; i < whole; i += CK_LANES) {
    doubles d = wide(load(x + i)) - splat_wide(mean);
    squares += d * d;
  }
  double square = sum_wide(squares);
  for (; i < size; i++) square += (x[i] - mean) * (x[i] - mean);
  return (row_moments){mean, 1 / __builtin_sqrt(square / (double)size + epsilon)};
}

static void normalize(const ck_norm_row *row, float *out) {
  row_moments at = moments(row->in, row->size, row->epsilon);
  for (ck_index i = 0; i < row->size; i += CK_LANES) {
    ck_index n = ck_min(CK_LANES, row->size - i);
    doubles d = wide(load_first(row->in + i, n)) - splat_wide(at.mean);
    vector unit = narrow(d * splat_wide(at.scale));
    vector gamma = row->gamma ? load_first(row->gamma + i, n) : splat(1);
    vector beta = row->beta ? load_first(row->beta + i, n) : zero();
    store_first(out + i, unit * gamma + beta, n);
  }
}

/// Gradient times gamma: lanes beyond n are 0.
INLINE doubles weighted(const ck_norm_row *row, ck_index i, ck_index n) {
  doubles g = wide(load_first(row->gradient + i, n));
  return row->gamma ? g * wide(load_first(row->gamma + i, n)) : g;
}

static void normalize_backward(const ck_norm_row *row, float *out) {
  row_moments at = moments(row->in, row->size, row->epsilon);
  doubles sums = splat_wide(0), projections = splat_wide(0);
  for (ck_index i = 0; i < row->size; i += CK_LANES) {
    ck_index n = ck_min(CK_LANES, row->size - i);
    doubles w = weighted(row, i, n);
    sums += w;
    projections += w * ((wide(load_first(row->in + i, n)) - splat_wide(at.mean)) * splat_wide(at.scale));
  }
  doubles sum = splat_wide(sum_wide(sums)), projection = splat_wide(sum_wide(projections));
  doubles size = splat_wide((double)row->size);
  for (ck_index i = 0; i < row->size; i += CK_LANES) {
    ck_index n = ck_min(CK_LANES, row->size - i);
    doubles unit = (wide(load_first(row->in + i, n)) - splat_wide(at.mean)) * splat_wide(at.scale);
    doubles rest = weighted(row, i, n) - (sum + unit * projection) / size;
    store_first(out + i, narrow(splat_wide(at.scale) * rest), n);
  }
}
