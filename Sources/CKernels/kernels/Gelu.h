// Gaussian error linear units, x times the chance that a normal number is below x, exactly and by Keras' tanh form
// (arXiv:1606.08415). Within 1e-6 of the result for every x, far into the lower tail: exponentials have their arguments
// in double precision.

INLINE vector absolute(vector x) {
  return (vector)((words)x & ((words)zero() + 0x7fffffffu));
}

/// What lies below x, and the density at x.
typedef struct normal {
  vector below, density;
} normal;

INLINE normal normal_at(vector x) {
  // Beyond 17 both are 0 or 1.
  vector t = at_most(absolute(x), splat(17));
  doubles d = wide(t);
  vector e = exponential_wide(d * d * splat_wide(-0.5));
  // The upper tail is e times a smooth function of t; the polynomial is Scripts/fit-gelu.py's.
  vector w = splat(1) / (t + splat(3.5f)), q = (t - splat(3.5f)) * w;
  vector p = splat(0.000110689403f);
  p = multiply_add(p, q, splat(0.000421897851f));
  p = multiply_add(p, q, splat(-0.000494943684f));
  p = multiply_add(p, q, splat(-0.00317531085f));
  p = multiply_add(p, q, splat(0.00649311593f));
  p = multiply_add(p, q, splat(0.0174063785f));
  p = multiply_add(p, q, splat(-0.116053041f));
  p = multiply_add(p, q, splat(0.315425049f));
  p = multiply_add(p, q, splat(-0.565561745f));
  p = multiply_add(p, q, splat(0.744416074f));
  vector tail = e * (p * w);
  return (normal){choose(x < zero(), tail, splat(1) - tail), e * splat(0.398942280f)};
}

INLINE vector gelu(vector x) { return x * normal_at(x).below; }

INLINE vector gelu_gradient(vector g, vector x) {
  normal at = normal_at(x);
  return g * multiply_add(x, at.density, at.below);
}

/// The logistic function at 2 k (x + 0.044715 x^3), k = sqrt(2 / pi), its derivative there, and the argument's at x.
typedef struct gate {
  vector value, slope, inner;
} gate;

INLINE gate gate_at(vector x) {
  // Beyond 10.8 the gate is 0 or 1.
  vector t = at_most(absolute(x), splat(10.8f));
  doubles d = wide(t);
  vector e = exponential_wide(-d * (splat_wide(1.5957691216057308) + splat_wide(0.07135481627260025) * (d * d)));
  vector s = splat(1) / (splat(1) + e);
  vector inner = multiply_add(splat(0.214064449f), t * t, splat(1.59576912f));
  return (gate){choose(x < zero(), e * s, s), e * s * s, inner};
}

INLINE vector gelu_tanh(vector x) { return x * gate_at(x).value; }

INLINE vector gelu_tanh_gradient(vector g, vector x) {
  gate at = gate_at(x);
  return g * multiply_add(x * at.slope, at.inner, at.value);
}

// MARK: Piecewise straight gates, in double precision as they are everywhere else

/// x / width + 1/2, cut off to 0...1, and in `inside` where it is not cut off.
INLINE doubles ramp(doubles x, double width, wide_integers *inside) {
  doubles y = splat_wide(1 / width) * x + splat_wide(0.5), none = splat_wide(0), all = splat_wide(1);
  wide_integers low = y <= none, high = y >= all;
  *inside = ~(low | high);
  return choose_wide(low, none, choose_wide(high, all, y));
}

INLINE vector hard_sigmoid(vector x, float width) {
  wide_integers inside;
  return narrow(ramp(wide(x), width, &inside));
}

INLINE vector hard_sigmoid_gradient(vector g, vector x, float width) {
  wide_integers inside;
  ramp(wide(x), width, &inside);
  return g * narrow(choose_wide(inside, splat_wide(1 / (double)width), splat_wide(0)));
}

INLINE vector hard_silu(vector x) {
  wide_integers inside;
  doubles d = wide(x);
  return narrow(d * ramp(d, 6, &inside));
}

INLINE vector hard_silu_gradient(vector g, vector x) {
  wide_integers inside;
  doubles d = wide(x), y = ramp(d, 6, &inside);
  return g * narrow(y + d * choose_wide(inside, splat_wide(1 / 6.0), splat_wide(0)));
}
