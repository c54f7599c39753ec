// The matrix micro-kernel: LEVEL_ROWS rows x LEVEL_PANELS panels of 16 columns, held in registers.
//
// Rows are read where they lie in the activations; each is the start of a grid of taps, which makes one kernel serve
// matrix products, convolutions of any kernel, stride and dilation, and their phases backward.

/// How many vectors of weights ahead the kernel asks for. In a network weights come from the third-level cache or from
/// memory, for other layers were there since; without asking they cost ResNet50 a tenth of its time.
enum { WEIGHTS_AHEAD = 64 };

/// Adds n products to every sum. Rows and panels are constants after inlining.
INLINE void multiply_run(
    const int rows, const int panels, const float *const *a, const float *b, ck_index panel_stride, ck_index n,
    vector (*acc)[LEVEL_PANELS]) {
#pragma clang loop unroll_count(4)
  for (ck_index k = 0; k < n; k++) {
    vector weights[LEVEL_PANELS];
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
      weights[p] = load(b + p * panel_stride + k * CK_LANES);
      __builtin_prefetch(b + p * panel_stride + (k + WEIGHTS_AHEAD) * CK_LANES);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      vector x = splat(a[r][k]);
#pragma clang loop unroll(full)
      for (int p = 0; p < panels; p++) acc[r][p] = multiply_add(x, weights[p], acc[r][p]);
    }
  }
}

/// Sums of all taps for `rows` rows and `panels` panels, in `total`.
INLINE void multiply_tile(
    const int rows, const int panels, const float *const *sources, const ck_taps *taps, const float *b,
    ck_index panel_stride, vector (*total)[LEVEL_PANELS]) {
  vector acc[LEVEL_ROWS][LEVEL_PANELS];
  for (int r = 0; r < rows; r++) {
    for (int p = 0; p < panels; p++) total[r][p] = acc[r][p] = zero();
  }
  ck_index summed = 0;
  for (ck_index ty = 0; ty < taps->rows; ty++) {
    for (ck_index tx = 0; tx < taps->columns; tx++) {
      ck_index offset = ty * taps->row_step + tx * taps->column_step;
      for (ck_index k = 0; k < taps->length; k += CK_FLUSH) {
        ck_index n = ck_min(CK_FLUSH, taps->length - k);
        if (summed + n > CK_FLUSH) {
#pragma clang loop unroll(full)
          for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
            for (int p = 0; p < panels; p++) {
              total[r][p] += acc[r][p];
              acc[r][p] = zero();
            }
          }
          summed = 0;
        }
        const float *a[LEVEL_ROWS];
        for (int r = 0; r < rows; r++) a[r] = sources[r] + offset + k;
        multiply_run(rows, panels, a, b, panel_stride, n, acc);
        b += n * CK_LANES;
        summed += n;
      }
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) total[r][p] += acc[r][p];
  }
}

typedef void (*multiply_function)(
    const float *const *sources, const ck_taps *taps, const float *b, ck_index panel_stride,
    vector (*total)[LEVEL_PANELS]);

#define MULTIPLY(ROWS, PANELS)                                                                       \
  static void multiply_##ROWS##_##PANELS(                                                            \
      const float *const *sources, const ck_taps *taps, const float *b, ck_index panel_stride,       \
      vector (*total)[LEVEL_PANELS]) {                                                               \
    multiply_tile(ROWS, PANELS, sources, taps, b, panel_stride, total);                              \
  }

#if LEVEL_PANELS == 2
#define MULTIPLY_ROWS(ROWS) MULTIPLY(ROWS, 1) MULTIPLY(ROWS, 2)
#define MULTIPLY_ENTRY(ROWS) {multiply_##ROWS##_1, multiply_##ROWS##_2}
#else
#define MULTIPLY_ROWS(ROWS) MULTIPLY(ROWS, 1)
#define MULTIPLY_ENTRY(ROWS) {multiply_##ROWS##_1}
#endif

MULTIPLY_ROWS(1)
MULTIPLY_ROWS(2)
MULTIPLY_ROWS(3)
#if LEVEL_ROWS >= 6
MULTIPLY_ROWS(4)
MULTIPLY_ROWS(5)
MULTIPLY_ROWS(6)
#endif
#if LEVEL_ROWS >= 14
MULTIPLY_ROWS(7)
MULTIPLY_ROWS(8)
MULTIPLY_ROWS(9)
MULTIPLY_ROWS(10)
MULTIPLY_ROWS(11)
MULTIPLY_ROWS(12)
MULTIPLY_ROWS(13)
MULTIPLY_ROWS(14)
#endif

static const multiply_function multiply_functions[LEVEL_ROWS][LEVEL_PANELS] = {
    MULTIPLY_ENTRY(1), MULTIPLY_ENTRY(2),  MULTIPLY_ENTRY(3),
#if LEVEL_ROWS >= 6
    MULTIPLY_ENTRY(4), MULTIPLY_ENTRY(5),  MULTIPLY_ENTRY(6),
#endif
#if LEVEL_ROWS >= 14
    MULTIPLY_ENTRY(7), MULTIPLY_ENTRY(8),  MULTIPLY_ENTRY(9),  MULTIPLY_ENTRY(10),
    MULTIPLY_ENTRY(11), MULTIPLY_ENTRY(12), MULTIPLY_ENTRY(13), MULTIPLY_ENTRY(14),
#endif
};

static void finish_tile(
    const vector (*total)[LEVEL_PANELS], ck_index rows, ck_index panels, const ck_index *pixels, ck_index channel,
    const ck_target *target) {
  for (ck_index p = 0; p < panels; p++) {
    finish_pixels(&total[0][p], LEVEL_PANELS, rows, pixels, channel + p * CK_LANES, target);
  }
}

/// Asks for what the epilogue will read and for where it will write, while there are sums to compute: results go to
/// memory that no cache holds, and stores that wait for their lines hold up the next block's sums.
static void prefetch_tile(
    ck_index rows, ck_index panels, const ck_index *pixels, ck_index channel, const ck_target *target) {
  const ck_epilogue *e = &target->epilogue;
  for (ck_index r = 0; r < rows; r++) {
    for (ck_index c = channel; c < channel + panels * CK_LANES; c += CK_LANES) {
      __builtin_prefetch(target->data + pixels[r] * target->pitch + c, 1);
      if (e->add) __builtin_prefetch(e->add + pixels[r] * e->add_pitch + c);
      if (e->mask) __builtin_prefetch(e->mask + pixels[r] * e->mask_pitch + c);
    }
  }
}

static void multiply(const ck_block *block, const ck_target *target) {
  if (multiply_few(block, target)) return;
  // Equal heights rather than a short last block: 49 rows are 13 + 12 + 12 + 12.
  ck_index blocks = ck_divide_up(block->rows, LEVEL_ROWS);
  vector total[LEVEL_ROWS][LEVEL_PANELS];
  for (ck_index panel = block->first_panel; panel < block->last_panel; panel += LEVEL_PANELS) {
    ck_index panels = ck_min(LEVEL_PANELS, block->last_panel - panel);
    const float *b = block->packed + panel * block->panel_stride;
    for (ck_index i = 0; i < blocks; i++) {
      ck_index first = block->rows * i / blocks, rows = block->rows * (i + 1) / blocks - first;
      if (!target->plain) prefetch_tile(rows, panels, block->pixels + first, panel * CK_LANES, target);
      multiply_functions[rows - 1][panels - 1](
          block->sources + first, &block->taps, b, block->panel_stride, total);
      finish_tile(
          (const vector(*)[LEVEL_PANELS])total, rows, panels, block->pixels + first, panel * CK_LANES, target);
    }
  }
}
