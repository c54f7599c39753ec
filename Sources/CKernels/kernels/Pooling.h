// Pooling, one image row at a time.

typedef struct span {
  ck_index first, last;
} span;

/// The places [first, last) of window `at` that lie inside an image side of `size`.
INLINE span window_span(ck_index at, ck_index window, ck_index stride, ck_index pad, ck_index size) {
  ck_index origin = at * stride - pad;
  return (span){ck_max(0, -origin), ck_min(window, size - origin)};
}

/// The windows [first, last) that cover image position `at`.
INLINE span covering_windows(ck_index at, ck_index window, ck_index stride, ck_index pad, ck_index windows) {
  ck_index low = at + pad - window + 1;
  return (span){low > 0 ? ck_divide_up(low, stride) : 0, ck_min(windows, (at + pad) / stride + 1)};
}

INLINE integers integer_splat(int32_t x) {
  return (integers){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

INLINE void max_pool_vector(
    const ck_pool *p, const float *corner, span ys, span xs, ck_index n, float *out, uint8_t *argmax) {
  vector best = load_first(corner + (ys.first * p->in_width + xs.first) * p->channels, n);
  integers place = integer_splat((int32_t)(ys.first * p->window_width + xs.first));
  for (ck_index ky = ys.first; ky < ys.last; ky++) {
    for (ck_index kx = xs.first; kx < xs.last; kx++) {
      vector v = load_first(corner + (ky * p->in_width + kx) * p->channels, n);
      integers better = v > best;
      best = choose(better, v, best);
      integers here = integer_splat((int32_t)(ky * p->window_width + kx));
      place = (here & better) | (place & ~better);
    }
  }
  store_first(out, best, n);
  if (!argmax) return;
  bytes narrow = __builtin_convertvector(place, bytes);
  memcpy(argmax, &narrow, (size_t)n);
}

static void max_pool_forward(const ck_pool_row *row, float *out) {
  const ck_pool *p = row->pool;
  span ys = window_span(row->y, p->window_height, p->stride_height, p->pad_top, p->in_height);
  for (ck_index x = 0; x < p->out_width; x++) {
    span xs = window_span(x, p->window_width, p->stride_width, p->pad_left, p->in_width);
    ck_index corner_y = row->y * p->stride_height - p->pad_top, corner_x = x * p->stride_width - p->pad_left;
    const float *corner = row->in + (corner_y * p->in_width + corner_x) * p->channels;
    ck_index pixel = (row->pixel + x) * p->channels, c = 0;
    for (; c + CK_LANES <= p->channels; c += CK_LANES) {
      uint8_t *argmax = row->argmax ? row->argmax + pixel + c : NULL;
      max_pool_vector(p, corner + c, ys, xs, CK_LANES, out + pixel + c, argmax);
    }
    if (c < p->channels) {
      uint8_t *argmax = row->argmax ? row->argmax + pixel + c : NULL;
      max_pool_vector(p, corner + c, ys, xs, p->channels - c, out + pixel + c, argmax);
    }
  }
}

INLINE vector max_pool_gradient(
    const ck_pool_row *row, span ys, span xs, ck_index x, ck_index c, ck_index n) {
  const ck_pool *p = row->pool;
  vector sum = zero();
  for (ck_index oy = ys.first; oy < ys.last; oy++) {
    for (ck_index ox = xs.first; ox < xs.last; ox++) {
      ck_index place =
          (row->y + p->pad_top - oy * p->stride_height) * p->window_width + x + p->pad_left - ox * p->stride_width;
      ck_index at = (oy * p->out_width + ox) * p->channels + c;
      bytes narrow = {0};
      memcpy(&narrow, row->argmax + at, (size_t)n);
      integers same = __builtin_convertvector(narrow, integers) == integer_splat((int32_t)place);
      sum += choose(same, load_first(row->in + at, n), zero());
    }
  }
  return sum;
}

INLINE vector average_pool_gradient(
    const ck_pool_row *row, span ys, span xs, ck_index c, ck_index n) {
  const ck_pool *p = row->pool;
  vector sum = zero();
  for (ck_index oy = ys.first; oy < ys.last; oy++) {
    span wy = window_span(oy, p->window_height, p->stride_height, p->pad_top, p->in_height);
    for (ck_index ox = xs.first; ox < xs.last; ox++) {
      span wx = window_span(ox, p->window_width, p->stride_width, p->pad_left, p->in_width);
      float count = (float)((wy.last - wy.first) * (wx.last - wx.first));
      sum += load_first(row->in + (oy * p->out_width + ox) * p->channels + c, n) / splat(count);
    }
  }
  return sum;
}

INLINE void pool_gradient(const ck_pool_row *row, const ck_target *target, const int maxima) {
  const ck_pool *p = row->pool;
  span ys = covering_windows(row->y, p->window_height, p->stride_height, p->pad_top, p->out_height);
  for (ck_index x = 0; x < p->in_width; x++) {
    span xs = covering_windows(x, p->window_width, p->stride_width, p->pad_left, p->out_width);
    for (ck_index c = 0; c < p->channels; c += CK_LANES) {
      ck_index n = ck_min(CK_LANES, p->channels - c);
      vector v = n == CK_LANES ? (maxima ? max_pool_gradient(row, ys, xs, x, c, CK_LANES)
                                         : average_pool_gradient(row, ys, xs, c, CK_LANES))
                               : (maxima ? max_pool_gradient(row, ys, xs, x, c, n)
                                         : average_pool_gradient(row, ys, xs, c, n));
      finish(v, target, row->pixel + x, c, n);
    }
  }
}

static void max_pool_backward(const ck_pool_row *row, const ck_target *target) { pool_gradient(row, target, 1); }

static void average_pool_backward(const ck_pool_row *row, const ck_target *target) {
  pool_gradient(row, target, 0);
}

static void average_pool_forward(const ck_pool_row *row, float *out) {
  const ck_pool *p = row->pool;
  span ys = window_span(row->y, p->window_height, p->stride_height, p->pad_top, p->in_height);
  for (ck_index x = 0; x < p->out_width; x++) {
    span xs = window_span(x, p->window_width, p->stride_width, p->pad_left, p->in_width);
    float count = (float)((ys.last - ys.first) * (xs.last - xs.first));
    ck_index corner_y = row->y * p->stride_height - p->pad_top, corner_x = x * p->stride_width - p->pad_left;
    const float *corner = row->in + (corner_y * p->in_width + corner_x) * p->channels;
    for (ck_index c = 0; c < p->channels; c += CK_LANES) {
      ck_index n = ck_min(CK_LANES, p->channels - c);
      vector sum = zero();
      for (ck_index ky = ys.first; ky < ys.last; ky++) {
        for (ck_index kx = xs.first; kx < xs.last; kx++) {
          sum += load_first(corner + (ky * p->in_width + kx) * p->channels + c, n);
        }
      }
      store_first(out + (row->pixel + x) * p->channels + c, sum / splat(count), n);
    }
  }
}
