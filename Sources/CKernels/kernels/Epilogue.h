// The end of every kernel: what happens to a vector of channels of one pixel before it is stored.

INLINE vector masked(vector v, vector mask, float limit) {
  v = choose(mask > zero(), v, zero());
  return limit == 0 ? v : choose(mask < splat(limit), v, zero());
}

INLINE vector gated(vector v, const ck_epilogue *e, ck_index pixel, ck_index c) {
  return choose(lanes_of(e->gates[pixel * e->gates_pitch + c / CK_LANES]), v, zero());
}

/// Notes which of n channels from c on a rectifier let through.
INLINE void note_gates(vector v, const ck_epilogue *e, ck_index pixel, ck_index c, ck_index n) {
  uint32_t bits = bits_of(v > zero());
  if (e->new_gates_limit != 0) bits &= bits_of(v < splat(e->new_gates_limit));
  if (n < CK_LANES) bits &= (1u << n) - 1;
  e->new_gates[pixel * e->new_gates_pitch + c / CK_LANES] = (uint16_t)bits;
}

/// Applies the epilogue to channels [c, c + n) of `pixel` and stores them.
INLINE void finish(vector v, const ck_target *t, ck_index pixel, ck_index c, ck_index n) {
  const ck_epilogue *e = &t->epilogue;
  if (e->bias) v += load_first(e->bias + c, n);
  if (e->scale) v = multiply_add(v, load_first(e->scale + c, n), load_first(e->shift + c, n));
  if (e->add) v += load_first(e->add + pixel * e->add_pitch + c, n);
  if (e->clamp) v = at_most(at_least(v, splat(e->low)), splat(e->high));
  if (e->mask) v = masked(v, load_first(e->mask + pixel * e->mask_pitch + c, n), e->mask_limit);
  if (e->gates) v = gated(v, e, pixel, c);
  if (e->post_scale) v *= load_first(e->post_scale + c, n);
  if (e->new_gates) note_gates(v, e, pixel, c, n);
  float *place = t->data + pixel * t->pitch + c;
  if (n == CK_LANES && t->streams) {
    stream(place, v);
  } else {
    store_first(place, v, n);
  }
}

/// What an epilogue has, as bits: the usual sets have loops of their own below.
enum {
  HAS_BIAS = 1,
  HAS_SCALE = 2,
  HAS_ADD = 4,
  HAS_CLAMP = 8,
  HAS_MASK = 16,
  HAS_GATES = 32,
  HAS_POST_SCALE = 64,
  HAS_NEW_GATES = 128
};

static int epilogue_parts(const ck_epilogue *e) {
  return (e->bias ? HAS_BIAS : 0) | (e->scale ? HAS_SCALE : 0) | (e->add ? HAS_ADD : 0) | (e->clamp ? HAS_CLAMP : 0) |
         (e->mask ? HAS_MASK : 0) | (e->gates ? HAS_GATES : 0) | (e->post_scale ? HAS_POST_SCALE : 0) |
         (e->new_gates ? HAS_NEW_GATES : 0);
}

/// `finish` for whole vectors of several pixels: what belongs to the channels is loaded once.
INLINE void finish_whole(
    const int parts, const vector *values, ck_index step, ck_index count, const ck_index *pixels, ck_index c,
    const ck_target *t) {
  const ck_epilogue *e = &t->epilogue;
  vector bias = parts & HAS_BIAS ? load(e->bias + c) : zero();
  vector scale = parts & HAS_SCALE ? load(e->scale + c) : zero(), shift = parts & HAS_SCALE ? load(e->shift + c) : zero();
  vector post_scale = parts & HAS_POST_SCALE ? load(e->post_scale + c) : zero();
  vector low = splat(e->low), high = splat(e->high);
  for (ck_index i = 0; i < count; i++) {
    vector v = values[i * step];
    if (parts & HAS_BIAS) v += bias;
    if (parts & HAS_SCALE) v = multiply_add(v, scale, shift);
    if (parts & HAS_ADD) v += load(e->add + pixels[i] * e->add_pitch + c);
    if (parts & HAS_CLAMP) v = at_most(at_least(v, low), high);
    if (parts & HAS_MASK) v = masked(v, load(e->mask + pixels[i] * e->mask_pitch + c), e->mask_limit);
    if (parts & HAS_GATES) v = gated(v, e, pixels[i], c);
    if (parts & HAS_POST_SCALE) v *= post_scale;
    if (parts & HAS_NEW_GATES) note_gates(v, e, pixels[i], c, CK_LANES);
    float *place = t->data + pixels[i] * t->pitch + c;
    if (t->streams) {
      stream(place, v);
    } else {
      store(place, v);
    }
  }
}

#define FINISH(PARTS)                                               \
  case PARTS:                                                       \
    finish_whole(PARTS, values, step, count, pixels, c, t); \
    break

/// Applies the epilogue to channels from c on of `count` pixels, `step` vectors apart in `values`, and stores them.
static void finish_pixels(
    const vector *values, ck_index step, ck_index count, const ck_index *pixels, ck_index c, const ck_target *t) {
  int whole = t->plain || t->channels - c >= CK_LANES;
  switch (whole ? epilogue_parts(&t->epilogue) : -1) {
    FINISH(0);
    FINISH(HAS_BIAS);
    FINISH(HAS_BIAS | HAS_CLAMP);
    FINISH(HAS_SCALE);
    FINISH(HAS_SCALE | HAS_CLAMP);
    FINISH(HAS_SCALE | HAS_ADD | HAS_CLAMP);
    FINISH(HAS_BIAS | HAS_SCALE | HAS_CLAMP);
    FINISH(HAS_BIAS | HAS_SCALE | HAS_ADD | HAS_CLAMP);
    FINISH(HAS_BIAS | HAS_CLAMP | HAS_NEW_GATES);
    FINISH(HAS_SCALE | HAS_CLAMP | HAS_NEW_GATES);
    FINISH(HAS_SCALE | HAS_ADD | HAS_CLAMP | HAS_NEW_GATES);
    FINISH(HAS_BIAS | HAS_SCALE | HAS_CLAMP | HAS_NEW_GATES);
    FINISH(HAS_BIAS | HAS_SCALE | HAS_ADD | HAS_CLAMP | HAS_NEW_GATES);
    FINISH(HAS_GATES);
    FINISH(HAS_CLAMP | HAS_GATES);
    FINISH(HAS_GATES | HAS_POST_SCALE);
    FINISH(HAS_CLAMP | HAS_GATES | HAS_POST_SCALE);
    FINISH(HAS_ADD | HAS_GATES);
    FINISH(HAS_ADD | HAS_CLAMP | HAS_GATES);
    FINISH(HAS_ADD | HAS_GATES | HAS_POST_SCALE);
    FINISH(HAS_ADD | HAS_CLAMP | HAS_GATES | HAS_POST_SCALE);
    FINISH(HAS_MASK);
    FINISH(HAS_MASK | HAS_POST_SCALE);
    FINISH(HAS_ADD | HAS_MASK);
    FINISH(HAS_ADD | HAS_MASK | HAS_POST_SCALE);
    default:
      for (ck_index i = 0; i < count; i++) finish(values[i * step], t, pixels[i], c, t->channels - c);
  }
}

#undef FINISH
