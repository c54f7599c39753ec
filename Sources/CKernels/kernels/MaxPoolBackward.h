// The gradient of max pooling at one image row: each pixel gathers from the windows that cover it.

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
