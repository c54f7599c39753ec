// Transforms of Winograd's F(2x2, 3x3) and F(4x4, 3x3), a vector of channels at a time.
//
// F(2): points 0, +-1, infinity. F(4): points 0, +-P, +-Q, infinity with P = 5/8 and Q = 3/2, whose rounding error is
// about 2.3 times smaller than that of the usual 0, +-1, +-2. With the points a_i and N_i = product over j != i of
// (a_i - a_j): the filter's row i is (1, a_i, a_i^2) / N_i, the input's row i holds the coefficients of the product
// over j != i of (x - a_j), the output's column i is (1, a_i, a_i^2, a_i^3); infinity takes the highest coefficients.

#define P 0.625f
#define Q 1.5f
#define PP 0.390625f
#define QQ 2.25f

/// One dimension of the input transform, in place over elements `step` apart.
INLINE void input_line(const int size, vector *d, const int step) {
  if (size == 4) {
    vector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
    d[0] = d2 - d0;
    d[step] = d1 + d2;
    d[2 * step] = d2 - d1;
    d[3 * step] = d3 - d1;
  } else {
    vector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    vector even_p = multiply_add(d2, splat(-QQ), d4), odd_p = multiply_add(d1, splat(-QQ), d3) * splat(P);
    vector even_q = multiply_add(d2, splat(-PP), d4), odd_q = multiply_add(d1, splat(-PP), d3) * splat(Q);
    d[0] = multiply_add(d0, splat(PP * QQ), multiply_add(d2, splat(-PP - QQ), d4));
    d[step] = even_p + odd_p;
    d[2 * step] = even_p - odd_p;
    d[3 * step] = even_q + odd_q;
    d[4 * step] = even_q - odd_q;
    d[5 * step] = multiply_add(d1, splat(PP * QQ), multiply_add(d3, splat(-PP - QQ), d5));
  }
}

/// One dimension of the output transform: size frequencies to size - 2 results.
INLINE void output_line(const int size, const vector *m, const int step, vector *y, const int y_step) {
  if (size == 4) {
    vector m1 = m[step], m2 = m[2 * step];
    y[0] = m[0] + (m1 + m2);
    y[y_step] = m[3 * step] + (m1 - m2);
  } else {
    vector sum_p = m[step] + m[2 * step], difference_p = m[step] - m[2 * step];
    vector sum_q = m[3 * step] + m[4 * step], difference_q = m[3 * step] - m[4 * step];
    y[0] = m[0] + (sum_p + sum_q);
    y[y_step] = multiply_add(difference_q, splat(Q), difference_p * splat(P));
    y[2 * y_step] = multiply_add(sum_q, splat(QQ), sum_p * splat(PP));
    y[3 * y_step] =
        multiply_add(difference_q, splat(QQ * Q), multiply_add(difference_p, splat(PP * P), m[5 * step]));
  }
}

/// Transforms channels [c, c + n) of a tile.
INLINE void input_vector(const int size, const ck_tile *t, ck_index c, ck_index n) {
  const float *image = t->image + c;
  const ck_index row_step = t->row_step, pixel_step = t->pixel_step, frequency_step = t->frequency_step;
  vector d[36];
#pragma clang loop unroll(full)
  for (int y = 0; y < size; y++) {
    vector row[6];
#pragma clang loop unroll(full)
    for (int x = 0; x < size; x++) row[x] = load_first(image + y * row_step + x * pixel_step, n);
    input_line(size, row, 1);
#pragma clang loop unroll(full)
    for (int x = 0; x < size; x++) d[y * size + x] = row[x];
  }
  float *out = t->frequencies + c;
#pragma clang loop unroll(full)
  for (int x = 0; x < size; x++) {
    vector column[6];
#pragma clang loop unroll(full)
    for (int y = 0; y < size; y++) column[y] = d[y * size + x];
    input_line(size, column, 1);
#pragma clang loop unroll(full)
    for (int y = 0; y < size; y++) store(out + (y * size + x) * frequency_step, column[y]);
  }
}

INLINE void input_tile(const int size, const ck_tile *t) {
  ck_index c = 0;
  for (; c + CK_LANES <= t->channels; c += CK_LANES) input_vector(size, t, c, CK_LANES);
  if (c < t->channels) input_vector(size, t, c, t->channels - c);
}

static void winograd_input(const ck_tile *tile) {
  if (tile->size == 4) {
    input_tile(4, tile);
  } else {
    input_tile(6, tile);
  }
}

INLINE void output_tile(const int size, const ck_tile *t, const ck_tile_place *place, const ck_target *target) {
  const int results = size - 2;
  ck_index pixels[16], kept[16], count = 0;
  for (ck_index i = 0; i < place->rows; i++) {
    for (ck_index j = 0; j < place->columns; j++, count++) {
      pixels[count] = place->pixel + i * place->width + j;
      kept[count] = i * results + j;
    }
  }
  for (ck_index c = 0; c < place->channels; c += CK_LANES) {
    vector half[24], y[16];
#pragma clang loop unroll(full)
    for (int x = 0; x < size; x++) {
      vector m[6];
#pragma clang loop unroll(full)
      for (int i = 0; i < size; i++) m[i] = load(t->frequencies + (i * size + x) * t->frequency_step + c);
      output_line(size, m, 1, half + x, size);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < results; i++) output_line(size, half + i * size, 1, y + i * results, 1);
    // Tiles at the edge are larger than what is left of the image.
    const vector *stored = y;
    vector inner[16];
    if (count < results * results) {
      for (ck_index i = 0; i < count; i++) inner[i] = y[kept[i]];
      stored = inner;
    }
    finish_pixels(stored, 1, count, pixels, place->first_channel + c, target);
  }
}

static void winograd_output(const ck_tile *tile, const ck_tile_place *place, const ck_target *target) {
  if (tile->size == 4) {
    output_tile(4, tile, place, target);
  } else {
    output_tile(6, tile, place, target);
  }
}

// The filter transform is done in double precision without fused operations, so that packed weights are the same at
// every level; it runs once a layer.

typedef double doubles __attribute__((vector_size(128)));

/// The rows of the filter transform: G g.
INLINE void filter_line(const int size, const doubles *g, const int step, doubles *out, const int out_step) {
  doubles g0 = g[0], g1 = g[step], g2 = g[2 * step];
  if (size == 4) {
    doubles even = (g0 + g2) * 0.5, odd = g1 * 0.5;
    out[0] = -g0;
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
    out[3 * out_step] = g2;
  } else {
    const double p = P, q = Q, pp = PP, qq = QQ;
    const double np = 1 / (2 * pp * (pp - qq)), nq = 1 / (2 * qq * (qq - pp));
    doubles even_p = (g0 + g2 * pp) * np, odd_p = g1 * (p * np);
    doubles even_q = (g0 + g2 * qq) * nq, odd_q = g1 * (q * nq);
    out[0] = g0 * (1 / (pp * qq));
    out[out_step] = even_p + odd_p;
    out[2 * out_step] = even_p - odd_p;
    out[3 * out_step] = even_q + odd_q;
    out[4 * out_step] = even_q - odd_q;
    out[5 * out_step] = g2;
  }
}

INLINE void filter_panel(const int size, const float *taps, ck_index tap_step, float *out, ck_index frequency_step) {
  doubles g[9], half[18], u[36];
  for (int t = 0; t < 9; t++) g[t] = __builtin_convertvector(load(taps + t * tap_step), doubles);
  for (int x = 0; x < 3; x++) filter_line(size, g + x, 3, half + x, 3);
  for (int i = 0; i < size; i++) filter_line(size, half + 3 * i, 1, u + i * size, 1);
  for (int f = 0; f < size * size; f++) store(out + f * frequency_step, __builtin_convertvector(u[f], vector));
}

/// Transforms 16 filters whose taps (ky, kx) are 16 floats at taps + (3 ky + kx) * tap_step.
static void winograd_filter(
    ck_index size, const float *taps, ck_index tap_step, float *out, ck_index frequency_step) {
  if (size == 4) {
    filter_panel(4, taps, tap_step, out, frequency_step);
  } else {
    filter_panel(6, taps, tap_step, out, frequency_step);
  }
}

#undef P
#undef Q
#undef PP
#undef QQ
