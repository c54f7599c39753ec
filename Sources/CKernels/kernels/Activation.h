// Smooth activations in single precision, within three units in the last place.

typedef uint32_t words __attribute__((vector_size(64)));

/// 2^n e^r for |r| up to half of ln 2.
INLINE vector exponential_of(vector r, integers n) {
  vector p = splat(1.0f / 5040);
  p = multiply_add(p, r, splat(1.0f / 720));
  p = multiply_add(p, r, splat(1.0f / 120));
  p = multiply_add(p, r, splat(1.0f / 24));
  p = multiply_add(p, r, splat(1.0f / 6));
  p = multiply_add(p, r, splat(0.5f));
  p = multiply_add(p, r, splat(1));
  p = multiply_add(p, r, splat(1));
  // 2^n in two factors, because n alone may leave the exponent's range.
  integers half = n >> 1;
  vector first = (vector)(((words)half + 127u) << 23), second = (vector)(((words)(n - half) + 127u) << 23);
  return p * first * second;
}

/// e^x, NaN stays NaN; 0 and infinity where the result leaves the range.
INLINE vector exponential(vector x) {
  vector bounded = at_most(at_least(x, splat(-104)), splat(89));
  // Adding and taking away 1.5 * 2^23 rounds to an integer.
  vector shifted = multiply_add(bounded, splat(1.44269504f), splat(12582912));
  vector n = shifted - splat(12582912);
  vector r = multiply_add(n, splat(-0.693359375f), bounded);
  r = multiply_add(n, splat(2.12194440e-4f), r);
  // n is an integer in the lowest bits of `shifted`.
  return exponential_of(r, (integers)shifted - (integers)splat(12582912));
}

INLINE vector sigmoid(vector x) { return splat(1) / (splat(1) + exponential(-x)); }

/// g times the derivative of the logistic function at x.
INLINE vector sigmoid_gradient(vector g, vector x) {
  vector s = sigmoid(x);
  return g * (s * (splat(1) - s));
}

/// x * sigmoid(x), called SiLU or swish.
INLINE vector silu(vector x) { return x * sigmoid(x); }

INLINE vector silu_gradient(vector g, vector x) {
  vector s = sigmoid(x);
  return g * (s * multiply_add(x, splat(1) - s, splat(1)));
}
