// Packed weights turned round: of blocks of 16 x 16 floats, columns become rows.
//
// Weights packed for one direction hold the other direction's in such blocks: a second copy is made of them, or none.

/// The lower and the upper halves of each four lanes, of a and b in turn.
INLINE vector low_lanes(vector a, vector b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
}
INLINE vector high_lanes(vector a, vector b) {
  return __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
}

/// The same in pairs of lanes.
INLINE vector low_pairs(vector a, vector b) {
  return __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
}
INLINE vector high_pairs(vector a, vector b) {
  return __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
}

/// Of four lanes each, the first and third of a and of b; the second and fourth.
INLINE vector even_fours(vector a, vector b) {
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}
INLINE vector odd_fours(vector a, vector b) {
  return __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}

/// Turns a block in place.
INLINE void turn_block(vector *r) {
  vector u[CK_LANES];
#pragma clang loop unroll(full)
  for (int g = 0; g < CK_LANES; g += 4) {
    vector low = low_lanes(r[g], r[g + 1]), high = high_lanes(r[g], r[g + 1]);
    vector low_next = low_lanes(r[g + 2], r[g + 3]), high_next = high_lanes(r[g + 2], r[g + 3]);
    u[g] = low_pairs(low, low_next);
    u[g + 1] = high_pairs(low, low_next);
    u[g + 2] = low_pairs(high, high_next);
    u[g + 3] = high_pairs(high, high_next);
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
    vector even = even_fours(u[j], u[4 + j]), even_next = even_fours(u[8 + j], u[12 + j]);
    vector odd = odd_fours(u[j], u[4 + j]), odd_next = odd_fours(u[8 + j], u[12 + j]);
    r[j] = even_fours(even, even_next);
    r[4 + j] = even_fours(odd, odd_next);
    r[8 + j] = odd_fours(even, even_next);
    r[12 + j] = odd_fours(odd, odd_next);
  }
}

INLINE void turn_blocks(const int negate, const ck_turn *t) {
  for (ck_index b = 0; b < t->blocks; b++) {
    const float *in = t->in + b * CK_LANES * CK_LANES;
    ck_index rows = ck_min(CK_LANES, t->rows - b * CK_LANES);
    vector r[CK_LANES];
    if (rows == CK_LANES) {
#pragma clang loop unroll(full)
      for (int i = 0; i < CK_LANES; i++) {
        r[i] = load(in + i * CK_LANES);
        __builtin_prefetch(in + i * CK_LANES + t->ahead);
      }
    } else {
      for (ck_index i = 0; i < CK_LANES; i++) r[i] = i < rows ? load(in + i * CK_LANES) : zero();
    }
    turn_block(r);
    float *out = t->out + b * t->out_step;
    if (t->columns == CK_LANES) {
#pragma clang loop unroll(full)
      for (int i = 0; i < CK_LANES; i++) store(out + i * CK_LANES, negate ? -r[i] : r[i]);
    } else {
      for (ck_index i = 0; i < t->columns; i++) store(out + i * CK_LANES, negate ? -r[i] : r[i]);
    }
  }
}

static void turn(const ck_turn *t) {
  if (t->negate) {
    turn_blocks(1, t);
  } else {
    turn_blocks(0, t);
  }
}
