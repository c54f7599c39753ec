// A number for each pixel that is the same for equal pixels, and 0 for zeros.

static void fingerprints(const float *in, ck_index pitch, ck_index channels, ck_index pixels, uint32_t *out) {
  const unsigned_integers factors = {0x2c1b3c6d, 0x297a2d39, 0x1b56c4e9, 0x7ed55d17, 0x165667b1, 0x2545f491,
                                     0x5bd1e995, 0x3c6ef373, 0x1f83d9ab, 0x510e527f, 0x6a09e667, 0x35a7f2e9,
                                     0x4cf5ad43, 0x2745937f, 0x38495ab5, 0x7feb352d};
  for (ck_index i = 0; i < pixels; i++) {
    const float *pixel = in + i * pitch;
    unsigned_integers sum = {0};
    for (ck_index c = 0; c < channels; c += CK_LANES) {
      // + 0 turns -0 into 0, which equals it.
      unsigned_integers bits = (unsigned_integers)(load_first(pixel + c, ck_min(CK_LANES, channels - c)) + zero());
      sum = (sum + (bits ^ bits >> 15)) * factors;
    }
    out[i] = __builtin_reduce_add(sum);
  }
}
