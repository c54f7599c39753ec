// One vector in, one vector out.

INLINE void map_pixel(const float *in, ck_index pixel, const ck_target *target) {
  ck_index c = 0;
  for (; c + CK_LANES <= target->channels; c += CK_LANES) finish(load(in + c), target, pixel, c, CK_LANES);
  if (c == target->channels) return;
  ck_index n = target->channels - c;
  finish(load_first(in + c, n), target, pixel, c, n);
}

/// Whether pixels follow one another everywhere, and nothing is particular to a channel.
static int is_flat(ck_index in_pitch, const ck_target *t) {
  const ck_epilogue *e = &t->epilogue;
  return in_pitch == t->channels && t->pitch == t->channels && !e->bias && !e->scale && !e->post_scale &&
         !e->gates && !e->new_gates &&
         (!e->add || e->add_pitch == t->channels) && (!e->mask || e->mask_pitch == t->channels);
}

static void map_pixels(
    const float *in, ck_index in_pitch, ck_index first_pixel, ck_index pixels, const ck_target *target) {
  if (!is_flat(in_pitch, target)) {
    for (ck_index p = first_pixel; p < first_pixel + pixels; p++) map_pixel(in + p * in_pitch, p, target);
    return;
  }
  // Three channels would leave most of each vector empty: all pixels are one with many channels.
  ck_target flat = *target;
  ck_index offset = first_pixel * target->channels;
  flat.data += offset;
  if (flat.epilogue.add) flat.epilogue.add += offset;
  if (flat.epilogue.mask) flat.epilogue.mask += offset;
  flat.channels = flat.pitch = pixels * target->channels;
  map_pixel(in + offset, 0, &flat);
}

INLINE vector binary_vector(const ck_binary kind, vector a, vector b, float limit) {
  switch (kind) {
    case CK_ADD: return a + b;
    case CK_MULTIPLY: return a * b;
    case CK_RECTIFY: return at_least(a, zero());
    case CK_SIGMOID: return sigmoid(a);
    case CK_SIGMOID_GRADIENT: return sigmoid_gradient(a, b);
    case CK_SILU: return silu(a);
    case CK_SILU_GRADIENT: return silu_gradient(a, b);
    case CK_GELU: return gelu(a);
    case CK_GELU_GRADIENT: return gelu_gradient(a, b);
    case CK_GELU_TANH: return gelu_tanh(a);
    case CK_GELU_TANH_GRADIENT: return gelu_tanh_gradient(a, b);
    case CK_HARD_SIGMOID: return hard_sigmoid(a, limit);
    case CK_HARD_SIGMOID_GRADIENT: return hard_sigmoid_gradient(a, b, limit);
    case CK_HARD_SILU: return hard_silu(a);
    case CK_HARD_SILU_GRADIENT: return hard_silu_gradient(a, b);
  }
  return a;
}

INLINE void binary_loop(
    const ck_binary kind, ck_index count, const float *a, const float *b, float limit, float *out) {
  ck_index i = 0;
  for (; i + CK_LANES <= count; i += CK_LANES) store(out + i, binary_vector(kind, load(a + i), load(b + i), limit));
  if (i < count) {
    ck_index n = count - i;
    store_first(out + i, binary_vector(kind, load_first(a + i, n), load_first(b + i, n), limit), n);
  }
}

static void binary(ck_binary kind, ck_index count, const float *a, const float *b, float limit, float *out) {
  switch (kind) {
    case CK_ADD: binary_loop(CK_ADD, count, a, b, limit, out); break;
    case CK_MULTIPLY: binary_loop(CK_MULTIPLY, count, a, b, limit, out); break;
    case CK_RECTIFY: binary_loop(CK_RECTIFY, count, a, a, limit, out); break;
    case CK_SIGMOID: binary_loop(CK_SIGMOID, count, a, a, limit, out); break;
    case CK_SIGMOID_GRADIENT: binary_loop(CK_SIGMOID_GRADIENT, count, a, b, limit, out); break;
    case CK_SILU: binary_loop(CK_SILU, count, a, a, limit, out); break;
    case CK_SILU_GRADIENT: binary_loop(CK_SILU_GRADIENT, count, a, b, limit, out); break;
    case CK_GELU: binary_loop(CK_GELU, count, a, a, limit, out); break;
    case CK_GELU_GRADIENT: binary_loop(CK_GELU_GRADIENT, count, a, b, limit, out); break;
    case CK_GELU_TANH: binary_loop(CK_GELU_TANH, count, a, a, limit, out); break;
    case CK_GELU_TANH_GRADIENT: binary_loop(CK_GELU_TANH_GRADIENT, count, a, b, limit, out); break;
    case CK_HARD_SIGMOID: binary_loop(CK_HARD_SIGMOID, count, a, a, limit, out); break;
    case CK_HARD_SIGMOID_GRADIENT: binary_loop(CK_HARD_SIGMOID_GRADIENT, count, a, b, limit, out); break;
    case CK_HARD_SILU: binary_loop(CK_HARD_SILU, count, a, a, limit, out); break;
    case CK_HARD_SILU_GRADIENT: binary_loop(CK_HARD_SILU_GRADIENT, count, a, b, limit, out); break;
  }
}

/// out = in * factor + offset.
static void scale(ck_index count, const float *in, float factor, float offset, float *out) {
  ck_index i = 0;
  for (; i < count; i += CK_LANES) {
    ck_index n = ck_min(CK_LANES, count - i);
    vector v = multiply_add(load_first(in + i, n), splat(factor), splat(offset));
    store_first(out + i, v, n);
  }
}

/// out[c] = sum over rows of in[row, c] / divisor.
static void sum_rows(ck_index rows, ck_index count, const float *in, ck_index pitch, float divisor, float *out) {
  for (ck_index c = 0; c < count; c += CK_LANES) {
    ck_index n = ck_min(CK_LANES, count - c);
    vector total = zero();
    for (ck_index first = 0; first < rows; first += CK_FLUSH) {
      vector sum = zero();
      ck_index last = ck_min(rows, first + CK_FLUSH);
      for (ck_index r = first; r < last; r++) sum += load_first(in + r * pitch + c, n);
      total += sum;
    }
    store_first(out + c, total / splat(divisor), n);
  }
}

/// out[c] = sum over rows of a[row, c] * b[row, c].
static void sum_products(ck_index rows, ck_index count, const float *a, const float *b, ck_index pitch, float *out) {
  for (ck_index c = 0; c < count; c += CK_LANES) {
    ck_index n = ck_min(CK_LANES, count - c);
    vector total = zero();
    for (ck_index first = 0; first < rows; first += CK_FLUSH) {
      vector sum = zero();
      ck_index last = ck_min(rows, first + CK_FLUSH);
      for (ck_index r = first; r < last; r++) {
        sum = multiply_add(load_first(a + r * pitch + c, n), load_first(b + r * pitch + c, n), sum);
      }
      total += sum;
    }
    store_first(out + c, total, n);
  }
}

/// Every pixel gets in[c] / divisor.
static void spread(
    const float *in, float divisor, ck_index first_pixel, ck_index pixels, const ck_target *target) {
  for (ck_index pixel = first_pixel; pixel < first_pixel + pixels; pixel++) {
    for (ck_index c = 0; c < target->channels; c += CK_LANES) {
      ck_index n = ck_min(CK_LANES, target->channels - c);
      finish(load_first(in + c, n) / splat(divisor), target, pixel, c, n);
    }
  }
}
