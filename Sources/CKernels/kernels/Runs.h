// Runs of floats that are added to sums, as the shares of neighbouring results are to the pixels they have in common.

#if LEVEL_MASKS == 512

/// The first n of 16 floats, n below 16, in pieces: a masked store reaches over the border of its line, whatever its mask, and
/// takes ten times as long.
INLINE void store_short(float *p, vector v, ck_index n) {
  __m512 rest = (__m512)v;
  if (n & 8) {
    _mm256_storeu_ps(p, _mm512_castps512_ps256(rest));
    rest = _mm512_shuffle_f32x4(rest, rest, 0xee);
    p += 8;
  }
  if (n & 4) {
    _mm_storeu_ps(p, _mm512_castps512_ps128(rest));
    rest = _mm512_shuffle_f32x4(rest, rest, 0x39);
    p += 4;
  }
  __m128 last = _mm512_castps512_ps128(rest);
  if (n & 2) {
    _mm_storel_pi((__m64 *)p, last);
    last = _mm_movehl_ps(last, last);
    p += 2;
  }
  if (n & 1) _mm_store_ss(p, last);
}

/// `add_runs` for short runs that overlap: what two of them share stays in a register, for a load that meets part of what was
/// just stored would wait for the store.
INLINE void add_short_runs(const ck_runs *r, const float *in, float *sums) {
  const ck_index n = r->length, step = r->sums_step;
  // Lanes of the sums first, from `step` on, then those of what comes next.
  int32_t places[CK_LANES];
  for (int i = 0; i < CK_LANES; i++) places[i] = (int32_t)(i < n - step ? i + step : CK_LANES + i - (n - step));
  const __m512i order = _mm512_loadu_si512(places);
  vector v = load_first(sums, n);
  for (ck_index run = 1; run <= r->runs; run++, in += r->in_step, sums += step) {
    vector next = run < r->runs ? load_first(sums + n, step) : zero();
    v += load_first(in, n);
    store_short(sums, v, run < r->runs ? step : n);
    v = (vector)_mm512_permutex2var_ps((__m512)v, order, (__m512)next);
  }
}

#endif

/// Adds `runs` runs of `length` floats to sums that may overlap from run to run.
static void add_runs(const ck_runs *r) {
#if LEVEL_MASKS == 512
  if (r->length < CK_LANES && r->sums_step < r->length) {
    for (ck_index row = 0; row < r->rows; row++) {
      add_short_runs(r, r->in + row * r->in_row, r->sums + row * r->sums_row);
    }
    return;
  }
#endif
  for (ck_index run = 0; run < r->runs; run++) {
    // Runs of one row overlap, so that each waits for the one before; those of different rows do not.
    for (ck_index row = 0; row < r->rows; row++) {
      const float *in = r->in + run * r->in_step + row * r->in_row;
      float *sums = r->sums + run * r->sums_step + row * r->sums_row;
      ck_index i = 0;
      for (; i + CK_LANES <= r->length; i += CK_LANES) store(sums + i, load(sums + i) + load(in + i));
      if (i == r->length) continue;
      ck_index n = r->length - i;
      store_first(sums + i, load_first(sums + i, n) + load_first(in + i, n), n);
    }
  }
}
