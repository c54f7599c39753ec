// Sixteen numbers in double precision, for what single precision would lose: the arguments of exponentials, and sums of squares.
// The compiler makes two, four or eight registers of them. Nothing is fused, so every level gets the same bits.

typedef double doubles __attribute__((vector_size(128)));
typedef int64_t wide_integers __attribute__((vector_size(128)));

INLINE doubles wide(vector v) { return __builtin_convertvector(v, doubles); }
INLINE vector narrow(doubles v) { return __builtin_convertvector(v, vector); }

INLINE doubles splat_wide(double x) {
  return (doubles){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

/// Lanes of `a` where `mask` (all ones or all zeros), else of `b`.
INLINE doubles choose_wide(wide_integers mask, doubles a, doubles b) {
  return (doubles)(((wide_integers)a & mask) | ((wide_integers)b & ~mask));
}

/// Sum of the lanes, in one order at every level.
INLINE double sum_wide(doubles v) {
  double s[CK_LANES];
  memcpy(s, &v, sizeof v);
  for (int half = CK_LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) s[i] += s[i + half];
  }
  return s[0];
}

/// e^z in single precision for z from -170 to 0, within three units in the last place; NaN stays NaN.
INLINE vector exponential_wide(doubles z) {
  // Adding and taking away 1.5 * 2^52 rounds to an integer, which is then in the sum's lowest bits.
  doubles shifted = z * splat_wide(1.4426950408889634) + splat_wide(6755399441055744.0);
  doubles n = shifted - splat_wide(6755399441055744.0);
  vector r = narrow(z - n * splat_wide(0.6931471805599453));
  integers whole = __builtin_convertvector((wide_integers)shifted - (wide_integers)splat_wide(6755399441055744.0), integers);
  return exponential_of(r, whole);
}
