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

/// `finish` for whole vectors of several pixels, with an epilogue of these parts: what belongs to the channels is loaded once.
INLINE void finish_whole(
    const int parts, const vector *values, ck_index step, ck_index count, const ck_index *pixels, ck_index c,
    const ck_target *t) {
  const ck_epilogue *e = &t->epilogue;
  vector bias = parts & CK_HAS_BIAS ? load(e->bias + c) : zero();
  vector scale = parts & CK_HAS_SCALE ? load(e->scale + c) : zero(), shift = parts & CK_HAS_SCALE ? load(e->shift + c) : zero();
  vector post_scale = parts & CK_HAS_POST_SCALE ? load(e->post_scale + c) : zero();
  vector low = splat(e->low), high = splat(e->high);
  // A store might change what a pointer leads to, as far as the compiler knows, but not these.
  float *data = t->data + c;
  const float *add = parts & CK_HAS_ADD ? e->add + c : NULL, *mask = parts & CK_HAS_MASK ? e->mask + c : NULL;
  const ck_index pitch = t->pitch, add_pitch = e->add_pitch, mask_pitch = e->mask_pitch;
  const float mask_limit = e->mask_limit;
  const int streams = t->streams;
  for (ck_index i = 0; i < count; i++) {
    vector v = values[i * step];
    if (parts & CK_HAS_BIAS) v += bias;
    if (parts & CK_HAS_SCALE) v = multiply_add(v, scale, shift);
    if (parts & CK_HAS_ADD) v += load(add + pixels[i] * add_pitch);
    if (parts & CK_HAS_CLAMP) v = at_most(at_least(v, low), high);
    if (parts & CK_HAS_MASK) v = masked(v, load(mask + pixels[i] * mask_pitch), mask_limit);
    if (parts & CK_HAS_GATES) v = gated(v, e, pixels[i], c);
    if (parts & CK_HAS_POST_SCALE) v *= post_scale;
    if (parts & CK_HAS_NEW_GATES) note_gates(v, e, pixels[i], c, CK_LANES);
    float *place = data + pixels[i] * pitch;
    if (streams) {
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
  switch (whole ? t->parts : -1) {
    FINISH(0);
    FINISH(CK_HAS_BIAS);
    FINISH(CK_HAS_BIAS | CK_HAS_CLAMP);
    FINISH(CK_HAS_SCALE);
    FINISH(CK_HAS_SCALE | CK_HAS_CLAMP);
    FINISH(CK_HAS_SCALE | CK_HAS_ADD | CK_HAS_CLAMP);
    FINISH(CK_HAS_BIAS | CK_HAS_SCALE | CK_HAS_CLAMP);
    FINISH(CK_HAS_BIAS | CK_HAS_SCALE | CK_HAS_ADD | CK_HAS_CLAMP);
    FINISH(CK_HAS_BIAS | CK_HAS_CLAMP | CK_HAS_NEW_GATES);
    FINISH(CK_HAS_SCALE | CK_HAS_CLAMP | CK_HAS_NEW_GATES);
    FINISH(CK_HAS_SCALE | CK_HAS_ADD | CK_HAS_CLAMP | CK_HAS_NEW_GATES);
    FINISH(CK_HAS_BIAS | CK_HAS_SCALE | CK_HAS_CLAMP | CK_HAS_NEW_GATES);
    FINISH(CK_HAS_BIAS | CK_HAS_SCALE | CK_HAS_ADD | CK_HAS_CLAMP | CK_HAS_NEW_GATES);
    FINISH(CK_HAS_GATES);
    FINISH(CK_HAS_CLAMP | CK_HAS_GATES);
    FINISH(CK_HAS_GATES | CK_HAS_POST_SCALE);
    FINISH(CK_HAS_CLAMP | CK_HAS_GATES | CK_HAS_POST_SCALE);
    FINISH(CK_HAS_ADD | CK_HAS_GATES);
    FINISH(CK_HAS_ADD | CK_HAS_CLAMP | CK_HAS_GATES);
    FINISH(CK_HAS_ADD | CK_HAS_GATES | CK_HAS_POST_SCALE);
    FINISH(CK_HAS_ADD | CK_HAS_CLAMP | CK_HAS_GATES | CK_HAS_POST_SCALE);
    FINISH(CK_HAS_MASK);
    FINISH(CK_HAS_MASK | CK_HAS_POST_SCALE);
    FINISH(CK_HAS_ADD | CK_HAS_MASK);
    FINISH(CK_HAS_ADD | CK_HAS_MASK | CK_HAS_POST_SCALE);
    default:
      for (ck_index i = 0; i < count; i++) finish(values[i * step], t, pixels[i], c, t->channels - c);
  }
}

#undef FINISH
