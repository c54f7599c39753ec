// Max pooling of one image row, with the argmax indices if they are wanted.

/// The values of one window, places [0, rows) x [0, columns) of it: their distances, and the number of the first place.
typedef struct window {
  const float *first;
  ck_index rows, columns, row_step, column_step;
  ck_index place, place_step;
} window;

/// The largest of n channels, the first of equals; a NaN is never larger.
INLINE void max_pool_vector(
    const window *w, const ck_index rows, const ck_index columns, ck_index c, ck_index n, float *out,
    uint8_t *argmax) {
  vector best = load_first(w->first + c, n);
  integers place = integer_splat((int32_t)w->place);
  for (ck_index ky = 0; ky < rows; ky++) {
    for (ck_index kx = 0; kx < columns; kx++) {
      vector v = load_first(w->first + ky * w->row_step + kx * w->column_step + c, n);
      integers better = v > best;
      best = choose(better, v, best);
      integers here = integer_splat((int32_t)(w->place + ky * w->place_step + kx));
      if (argmax) place = (here & better) | (place & ~better);
    }
  }
  store_first(out + c, best, n);
  if (!argmax) return;
  bytes narrow = __builtin_convertvector(place, bytes);
  memcpy(argmax + c, &narrow, (size_t)n);
}

INLINE void max_pool_window(
    const window *w, const ck_index rows, const ck_index columns, ck_index channels, float *out, uint8_t *argmax) {
  ck_index c = 0;
  for (; c + CK_LANES <= channels; c += CK_LANES) max_pool_vector(w, rows, columns, c, CK_LANES, out, argmax);
  if (c < channels) max_pool_vector(w, rows, columns, c, channels - c, out, argmax);
}

/// The usual windows have loops of their own, with and without a note of where the largest was.
INLINE void max_pool_any(const window *w, ck_index channels, float *out, uint8_t *argmax) {
  if (w->rows == 3 && w->columns == 3) {
    max_pool_window(w, 3, 3, channels, out, argmax);
  } else if (w->rows == 2 && w->columns == 2) {
    max_pool_window(w, 2, 2, channels, out, argmax);
  } else {
    max_pool_window(w, w->rows, w->columns, channels, out, argmax);
  }
}

static void max_pool_forward(const ck_pool_row *row, float *out) {
  const ck_pool *p = row->pool;
  span ys = window_span(row->y, p->window_height, p->stride_height, p->pad_top, p->in_height);
  ck_index line = p->in_width * p->channels, top = row->y * p->stride_height - p->pad_top + ys.first - row->in_first;
  for (ck_index x = 0; x < p->out_width; x++) {
    span xs = window_span(x, p->window_width, p->stride_width, p->pad_left, p->in_width);
    ck_index left = x * p->stride_width - p->pad_left + xs.first, pixel = (row->pixel + x) * p->channels;
    window w = {
        row->in + top * line + left * p->channels, ys.last - ys.first, xs.last - xs.first, line, p->channels,
        ys.first * p->window_width + xs.first, p->window_width};
    if (row->argmax) {
      max_pool_any(&w, p->channels, out + pixel, row->argmax + pixel);
    } else {
      max_pool_any(&w, p->channels, out + pixel, NULL);
    }
  }
}
