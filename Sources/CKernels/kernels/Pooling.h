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

/// A window that covers an input pixel: the place of its first channel, and the pixel's number in it.
typedef struct cover {
  ck_index at;
  int32_t place;
} cover;

/// The windows that cover a pixel, while one goes along a row: [first, last). Divisions for every pixel would take longer than most
/// of them take to be gathered.
typedef struct columns {
  ck_index first, last, windows, stride;
  /// How far the last window's end and the first one's are from the next step.
  ck_index until_last, until_first;
} columns;

INLINE columns columns_make(const ck_pool *p) {
  span at_0 = covering_windows(0, p->window_width, p->stride_width, p->pad_left, p->out_width);
  return (columns){
      at_0.first, p->pad_left / p->stride_width + 1, p->out_width, p->stride_width,
      p->stride_width - p->pad_left % p->stride_width, p->window_width - p->pad_left + at_0.first * p->stride_width};
}

/// The next pixel.
INLINE void columns_step(columns *c) {
  if (--c->until_last == 0) {
    c->until_last = c->stride;
    c->last++;
  }
  if (--c->until_first == 0) {
    c->until_first = c->stride;
    c->first++;
  }
}

/// The windows over input pixel x, of those in rows `ys`.
static ck_index find_covers(const ck_pool_row *row, span ys, const columns *columns, ck_index x, cover *covers) {
  const ck_pool *p = row->pool;
  ck_index count = 0, last = ck_min(columns->last, columns->windows);
  for (ck_index oy = ys.first; oy < ys.last; oy++) {
    ck_index line = (row->y + p->pad_top - oy * p->stride_height) * p->window_width + x + p->pad_left;
    for (ck_index ox = columns->first; ox < last; ox++) {
      covers[count++] =
          (cover){(oy * p->out_width + ox) * p->channels, (int32_t)(line - ox * p->stride_width)};
    }
  }
  return count;
}

/// What channels [c, c + n) of a pixel get from the windows that took their largest value from it.
INLINE vector max_pool_gradient(
    const ck_pool_row *row, const cover *covers, const ck_index count, ck_index c, ck_index n) {
  vector sum = zero();
  for (ck_index i = 0; i < count; i++) {
    bytes narrow = {0};
    memcpy(&narrow, row->argmax + covers[i].at + c, (size_t)n);
    integers same = __builtin_convertvector(narrow, integers) == integer_splat(covers[i].place);
    vector gradient = load_first(row->in + covers[i].at + c, n);
    if (row->maxima) gradient = masked(gradient, load_first(row->maxima + covers[i].at + c, n), row->mask_limit);
    sum += choose(same, gradient, zero());
  }
  return sum;
}

INLINE void max_pool_pixel(
    const ck_pool_row *row, const cover *covers, const ck_index count, ck_index pixel, const ck_target *target) {
  ck_index channels = row->pool->channels, c = 0;
  for (; c + CK_LANES <= channels; c += CK_LANES) {
    finish(max_pool_gradient(row, covers, count, c, CK_LANES), target, pixel, c, CK_LANES);
  }
  if (c == channels) return;
  finish(max_pool_gradient(row, covers, count, c, channels - c), target, pixel, c, channels - c);
}

/// The usual case of `max_pool_pixel`: whole vectors, gradients gated by the maxima or by the notes of a rectifier before the
/// pooling, and no epilogue besides but a clamp.
INLINE void max_pool_gated(
    const int by_maxima, const ck_pool_row *row, const cover *covers, const ck_index count, ck_index pixel,
    const ck_target *target) {
  const float *gradients[4], *maxima[4];
  const uint8_t *argmax[4];
  for (ck_index i = 0; i < count; i++) {
    gradients[i] = row->in + covers[i].at;
    if (by_maxima) maxima[i] = row->maxima + covers[i].at;
    argmax[i] = row->argmax + covers[i].at;
  }
  const ck_index channels = target->channels;
  const int clamps = target->epilogue.clamp, streams = target->streams;
  vector low = splat(target->epilogue.low), high = splat(target->epilogue.high);
  float *out = target->data + pixel * target->pitch;
  for (ck_index c = 0; c < channels; c += CK_LANES) {
    vector sum = zero();
    for (ck_index i = 0; i < count; i++) {
      bytes narrow;
      memcpy(&narrow, argmax[i] + c, sizeof narrow);
      integers same = __builtin_convertvector(narrow, integers) == integer_splat(covers[i].place);
      vector gradient = load(gradients[i] + c);
      if (by_maxima) gradient = choose(load(maxima[i] + c) > zero(), gradient, zero());
      sum += choose(same, gradient, zero());
    }
    if (clamps) sum = at_most(at_least(sum, low), high);
    if (!by_maxima) sum = gated(sum, &target->epilogue, pixel, c);
    if (streams) {
      stream(out + c, sum);
    } else {
      store(out + c, sum);
    }
  }
}

/// As many covers as the usual windows have; 0, and nothing is done, for others.
INLINE int max_pool_usual(
    const int by_maxima, const ck_pool_row *row, const cover *covers, ck_index count, ck_index pixel,
    const ck_target *target) {
  switch (count) {
    case 1: max_pool_gated(by_maxima, row, covers, 1, pixel, target); return 1;
    case 2: max_pool_gated(by_maxima, row, covers, 2, pixel, target); return 1;
    case 4: max_pool_gated(by_maxima, row, covers, 4, pixel, target); return 1;
    default: return 0;
  }
}

static void max_pool_backward(const ck_pool_row *row, const ck_target *target) {
  const ck_pool *p = row->pool;
  span ys = covering_windows(row->y, p->window_height, p->stride_height, p->pad_top, p->out_height);
  // As many as a window has places: each has the pixel at another one.
  cover covers[CK_MAX_WINDOW];
  int parts = target->parts & ~CK_HAS_CLAMP, whole = p->channels % CK_LANES == 0;
  int by_maxima = whole && row->maxima && row->mask_limit == 0 && parts == 0;
  int by_gates = whole && !row->maxima && parts == CK_HAS_GATES;
  columns columns = columns_make(p);
  for (ck_index x = 0; x < p->in_width; x++, columns_step(&columns)) {
    ck_index count = find_covers(row, ys, &columns, x, covers), pixel = row->pixel + x;
    if (by_maxima && max_pool_usual(1, row, covers, count, pixel, target)) continue;
    if (by_gates && max_pool_usual(0, row, covers, count, pixel, target)) continue;
    max_pool_pixel(row, covers, count, pixel, target);
  }
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
