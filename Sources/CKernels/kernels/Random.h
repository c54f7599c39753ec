// Standard normal numbers from a counter: Philox 4x32-10, then Box-Muller in double precision.
//
// Without fused operations, so that they are the same bits at every level and on every machine.

typedef uint64_t longs __attribute__((vector_size(128)));

INLINE doubles double_splat(double x) { return (doubles){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

INLINE longs widened(words w) { return __builtin_convertvector(w, longs); }

/// Four words of each of 16 counters (position + lane, stream).
INLINE void philox(uint64_t key, uint64_t stream, uint64_t position, words *c) {
  longs lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  longs at = lanes + position;
  c[0] = __builtin_convertvector(at, words);
  c[1] = __builtin_convertvector(at >> 32, words);
  c[2] = (words){0} + (uint32_t)stream;
  c[3] = (words){0} + (uint32_t)(stream >> 32);
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    longs a = widened(c[0]) * 0xD2511F53u, b = widened(c[2]) * 0xCD9E8D57u;
    c[0] = __builtin_convertvector(b >> 32, words) ^ c[1] ^ k0;
    c[1] = __builtin_convertvector(b, words);
    c[2] = __builtin_convertvector(a >> 32, words) ^ c[3] ^ k1;
    c[3] = __builtin_convertvector(a, words);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

/// log(x) for normal x in (0, 1].
INLINE doubles logarithm(doubles x) {
  longs bits = (longs)x;
  longs fraction = (bits & 0xFFFFFFFFFFFFFu) | 0x3FF0000000000000u;
  // Fraction in [sqrt(1/2), sqrt(2)): above the root of 2, half of it with one more in the exponent.
  longs high = (longs)((doubles)fraction > double_splat(1.4142135623730951));
  doubles m = (doubles)(fraction - (high & 0x0010000000000000u));
  // `high` is -1 where one is to be added.
  doubles exponent = __builtin_convertvector(bits >> 52, doubles) - 1023.0 - __builtin_convertvector((__typeof__((doubles){0} > (doubles){0}))high, doubles);
  doubles s = (m - 1.0) / (m + 1.0), z = s * s;
  // 2 artanh(s), |s| < 0.172.
  doubles p = double_splat(1.0 / 21);
  for (int k = 19; k >= 1; k -= 2) p = p * z + 1.0 / k;
  return exponent * 0.6931471805599453 + s * p * 2.0;
}

/// Cosine and sine of 2 pi (w + 1/2) / 2^32.
INLINE void circle(words w, doubles *cosine, doubles *sine) {
  words quadrant = (w + (1u << 29)) >> 30;
  integers rest = (integers)(w - (quadrant << 30));
  doubles x = (__builtin_convertvector(rest, doubles) + 0.5) * (6.283185307179586 * 0x1p-32), z = x * x;
  doubles s = double_splat(-1.0 / 1307674368000.0);
  s = s * z + 1.0 / 6227020800.0;
  s = s * z - 1.0 / 39916800.0;
  s = s * z + 1.0 / 362880.0;
  s = s * z - 1.0 / 5040.0;
  s = s * z + 1.0 / 120.0;
  s = s * z - 1.0 / 6.0;
  s = x + x * (s * z);
  doubles c = double_splat(1.0 / 20922789888000.0);
  c = c * z - 1.0 / 87178291200.0;
  c = c * z + 1.0 / 479001600.0;
  c = c * z - 1.0 / 3628800.0;
  c = c * z + 1.0 / 40320.0;
  c = c * z - 1.0 / 720.0;
  c = c * z + 1.0 / 24.0;
  c = c * z - 0.5;
  c = c * z + 1.0;
  longs q = widened(quadrant) & 3, odd = 0 - (q & 1);
  longs swapped_c = (odd & (longs)s) | (~odd & (longs)c), swapped_s = (odd & (longs)c) | (~odd & (longs)s);
  // The cosine is negative in quadrants 1 and 2, the sine in 2 and 3.
  *cosine = (doubles)(swapped_c ^ (((q + 1) & 2) << 62));
  *sine = (doubles)(swapped_s ^ ((q & 2) << 62));
}

/// Pairs [first, first + pairs) of the stream.
static void normals(uint64_t key, uint64_t stream, uint64_t first, ck_index pairs, float *out) {
  for (ck_index i = 0; i < pairs; i += CK_LANES) {
    words w[4];
    philox(key, stream, first + (uint64_t)i, w);
    longs bits = (widened(w[0]) << 21) ^ widened(w[1] >> 11);
    doubles u = (__builtin_convertvector(bits, doubles) + 0.5) * 0x1p-53;
    doubles radius = __builtin_elementwise_sqrt(logarithm(u) * -2.0), cosine, sine;
    circle(w[2], &cosine, &sine);
    vector x = __builtin_convertvector(radius * cosine, vector), y = __builtin_convertvector(radius * sine, vector);
    ck_index left = 2 * (pairs - i);
    store_first(out + 2 * i, __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), left);
    if (left <= CK_LANES) return;
    store_first(
        out + 2 * i + CK_LANES, __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
        left - CK_LANES);
  }
}
