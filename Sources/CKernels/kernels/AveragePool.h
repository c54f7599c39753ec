// Average pooling of one image row, forward and backward.

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

static void average_pool_backward(const ck_pool_row *row, const ck_target *target) {
  const ck_pool *p = row->pool;
  span ys = covering_windows(row->y, p->window_height, p->stride_height, p->pad_top, p->out_height);
  for (ck_index x = 0; x < p->in_width; x++) {
    span xs = covering_windows(x, p->window_width, p->stride_width, p->pad_left, p->out_width);
    for (ck_index c = 0; c < p->channels; c += CK_LANES) {
      ck_index n = ck_min(CK_LANES, p->channels - c);
      vector v = n == CK_LANES ? average_pool_gradient(row, ys, xs, c, CK_LANES)
                               : average_pool_gradient(row, ys, xs, c, n);
      finish(v, target, row->pixel + x, c, n);
    }
  }
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
