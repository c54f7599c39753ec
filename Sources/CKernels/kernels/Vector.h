// Vectors of 16 floats, whatever the registers are: the compiler makes one, two or four of them.

typedef float vector __attribute__((vector_size(64)));
typedef int32_t integers __attribute__((vector_size(64)));
typedef uint32_t unsigned_integers __attribute__((vector_size(64)));
typedef uint8_t bytes __attribute__((vector_size(16)));

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *p) {
  vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void store(float *p, vector v) { memcpy(p, &v, sizeof v); }

/// Stores a whole line past the caches. Other threads see it once the region is over: what ends a unit is a locked
/// instruction, which waits for such stores too.
INLINE void stream(float *p, vector v) { __builtin_nontemporal_store(v, (vector *)p); }

INLINE vector splat(float x) { return (vector){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

INLINE vector zero(void) { return splat(0); }

#if LEVEL_MASKS == 512

/// The first n of 16 floats, the others 0; n is at least 1.
INLINE vector load_first(const float *p, ck_index n) {
  if (n >= CK_LANES) return load(p);
  return (vector)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}

INLINE void store_first(float *p, vector v, ck_index n) {
  if (n >= CK_LANES) {
    store(p, v);
  } else {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
  }
}

#elif LEVEL_MASKS == 256

typedef struct halves {
  __m256 low, high;
} halves;

/// -1 for the lanes of half a vector that begin before n.
INLINE __m256i half_mask(ck_index n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/// The first n of 16 floats, the others 0; n is at least 1.
INLINE vector load_first(const float *p, ck_index n) {
  if (n >= CK_LANES) return load(p);
  halves h = {_mm256_maskload_ps(p, half_mask(n)), _mm256_setzero_ps()};
  if (n > 8) h.high = _mm256_maskload_ps(p + 8, half_mask(n - 8));
  vector v;
  memcpy(&v, &h, sizeof v);
  return v;
}

INLINE void store_first(float *p, vector v, ck_index n) {
  if (n >= CK_LANES) {
    store(p, v);
    return;
  }
  halves h;
  memcpy(&h, &v, sizeof h);
  _mm256_maskstore_ps(p, half_mask(n), h.low);
  if (n > 8) _mm256_maskstore_ps(p + 8, half_mask(n - 8), h.high);
}

#else

/// The first n of 16 floats, the others 0; n is at least 1.
INLINE vector load_first(const float *p, ck_index n) {
  if (n >= CK_LANES) return load(p);
  vector v = zero();
  memcpy(&v, p, (size_t)n * sizeof(float));
  return v;
}

INLINE void store_first(float *p, vector v, ck_index n) {
  if (n >= CK_LANES) {
    store(p, v);
  } else {
    memcpy(p, &v, (size_t)n * sizeof(float));
  }
}

#endif

/// a * b + c, rounded once where the level has fused multiply-add.
INLINE vector multiply_add(vector a, vector b, vector c) {
#if LEVEL_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// Lanes of `a` where `mask` (all ones or all zeros), else of `b`.
INLINE vector choose(integers mask, vector a, vector b) {
  return (vector)(((integers)a & mask) | ((integers)b & ~mask));
}

#if LEVEL_MASKS == 512

/// The lanes of a comparison as bits, the first lane lowest.
INLINE uint16_t bits_of(integers mask) { return (uint16_t)_mm512_movepi32_mask((__m512i)mask); }

/// All ones in the lanes whose bit is set, all zeros in the others.
INLINE integers lanes_of(uint16_t bits) { return (integers)_mm512_movm_epi32((__mmask16)bits); }

#else

/// The lanes of a comparison as bits, the first lane lowest.
INLINE uint16_t bits_of(integers mask) {
#if LEVEL_MASKS == 256
  halves h;
  memcpy(&h, &mask, sizeof h);
  return (uint16_t)(_mm256_movemask_ps(h.low) | _mm256_movemask_ps(h.high) << 8);
#else
  uint16_t bits = 0;
  for (int i = 0; i < CK_LANES; i++) bits |= (uint16_t)((mask[i] & 1) << i);
  return bits;
#endif
}

/// All ones in the lanes whose bit is set, all zeros in the others.
INLINE integers lanes_of(uint16_t bits) {
  const integers own = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
  int32_t b = bits;
  return ((integers){b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b} & own) != 0;
}

#endif

/// max(v, low) in which a NaN of v stays.
INLINE vector at_least(vector v, vector low) { return choose(low > v, low, v); }
INLINE vector at_most(vector v, vector high) { return choose(high < v, high, v); }

/// Sum of the lanes, in one order at every level.
INLINE float sum_lanes(vector v) {
  float s[CK_LANES];
  memcpy(s, &v, sizeof v);
  for (int half = CK_LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) s[i] += s[i + half];
  }
  return s[0];
}
