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

/// Adds the sums to what was flushed before, if anything was, and stores them.
INLINE void flush(
    const int rows, const int panels, const int first, vector (*acc)[LEVEL_PANELS], float *out, ck_index step) {
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
      float *place = out + r * step + p * CK_LANES;
      // + 0 turns a product that rounded to -0 into what later sums would make of it.
      store(place, (first ? zero() : load(place)) + acc[r][p]);
      acc[r][p] = zero();
    }
  }
}

/// Sums of all taps for `rows` rows and `panels` panels: a row's from out + row * step on. Sums that are short enough
/// never leave the registers before they are done.
INLINE void multiply_tile(
    const int rows, const int panels, const float *const *sources, const ck_taps *taps, const float *b,
    ck_index panel_stride, float *out, ck_index step) {
  vector acc[LEVEL_ROWS][LEVEL_PANELS];
  for (int r = 0; r < rows; r++) {
    for (int p = 0; p < panels; p++) acc[r][p] = zero();
  }
  // One short run of products, as most of a small network's sums are, needs none of what follows.
  if (taps->rows == 1 && taps->columns == 1 && taps->length <= CK_FLUSH) {
    multiply_run(rows, panels, sources, b, panel_stride, taps->length, acc);
    flush(rows, panels, 1, acc, out, step);
    return;
  }
  ck_index summed = 0;
  int first = 1;
  for (ck_index ty = 0; ty < taps->rows; ty++) {
    for (ck_index tx = 0; tx < taps->columns; tx++) {
      ck_index offset = ty * taps->row_step + tx * taps->column_step;
      for (ck_index k = 0; k < taps->length; k += CK_FLUSH) {
        ck_index n = ck_min(CK_FLUSH, taps->length - k);
        if (summed + n > CK_FLUSH) {
          if (first) {
            flush(rows, panels, 1, acc, out, step);
          } else {
            flush(rows, panels, 0, acc, out, step);
          }
          summed = first = 0;
        }
        const float *a[LEVEL_ROWS];
        for (int r = 0; r < rows; r++) a[r] = sources[r] + offset + k;
        multiply_run(rows, panels, a, b, panel_stride, n, acc);
        b += n * CK_LANES;
        summed += n;
      }
    }
  }
  if (first) {
    flush(rows, panels, 1, acc, out, step);
  } else {
    flush(rows, panels, 0, acc, out, step);
  }
}

typedef void (*multiply_function)(
    const float *const *sources, const ck_taps *taps, const float *b, ck_index panel_stride, float *out,
    ck_index step);

#define MULTIPLY(ROWS, PANELS)                                                                       \
  static void multiply_##ROWS##_##PANELS(                                                            \
      const float *const *sources, const ck_taps *taps, const float *b, ck_index panel_stride,       \
      float *out, ck_index step) {                                                                   \
    multiply_tile(ROWS, PANELS, sources, taps, b, panel_stride, out, step);                          \
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

/// One or two lines of each row, to be read or written.
INLINE void prefetch_rows(
    const float *data, ck_index pitch, ck_index rows, ck_index panels, const ck_index *pixels, const int write) {
  for (ck_index r = 0; r < rows; r++) {
    const float *place = data + pixels[r] * pitch;
    if (write) {
      __builtin_prefetch(place, 1);
      if (panels > 1) __builtin_prefetch(place + CK_LANES, 1);
    } else {
      __builtin_prefetch(place, 0);
      if (panels > 1) __builtin_prefetch(place + CK_LANES, 0);
    }
  }
}

/// Asks for what the epilogue will read and for where it will write, while there are sums to compute: results go to
/// memory that no cache holds, and stores that wait for their lines hold up the next block's sums.
static void prefetch_tile(
    ck_index rows, ck_index panels, const ck_index *pixels, ck_index channel, const ck_target *target) {
  const ck_epilogue *e = &target->epilogue;
  if (!target->streams) prefetch_rows(target->data + channel, target->pitch, rows, panels, pixels, 1);
  if (e->add) prefetch_rows(e->add + channel, e->add_pitch, rows, panels, pixels, 0);
  if (e->mask) prefetch_rows(e->mask + channel, e->mask_pitch, rows, panels, pixels, 0);
}

/// Rows [starts[i], starts[i + 1]) are block i. Equal heights rather than a short last block: 49 rows are 13 + 12 + 12 + 12.
static ck_index cut_rows(ck_index rows, ck_index *starts) {
  ck_index blocks = ck_divide_up(rows, LEVEL_ROWS);
  for (ck_index i = 0; i <= blocks; i++) starts[i] = rows * i / blocks;
  return blocks;
}

static void multiply(const ck_block *block, const ck_target *target) {
  if (multiply_few(block, target)) return;
  ck_index starts[CK_MAX_ROWS / LEVEL_ROWS + 2], blocks = cut_rows(block->rows, starts);
  vector total[LEVEL_ROWS][LEVEL_PANELS];
  for (ck_index panel = block->first_panel; panel < block->last_panel; panel += LEVEL_PANELS) {
    ck_index panels = ck_min(LEVEL_PANELS, block->last_panel - panel);
    const float *b = block->packed + panel * block->panel_stride;
    for (ck_index i = 0; i < blocks; i++) {
      ck_index rows = starts[i + 1] - starts[i];
      multiply_function run = multiply_functions[rows - 1][panels - 1];
      const float *const *sources = block->sources + starts[i];
      const ck_index *pixels = block->pixels + starts[i];
      if (target->plain) {
        float *out = target->data + pixels[0] * target->pitch + panel * CK_LANES;
        run(sources, &block->taps, b, block->panel_stride, out, target->pitch);
        continue;
      }
      prefetch_tile(rows, panels, pixels, panel * CK_LANES, target);
      run(sources, &block->taps, b, block->panel_stride, (float *)total, LEVEL_PANELS * CK_LANES);
      finish_tile((const vector(*)[LEVEL_PANELS])total, rows, panels, pixels, panel * CK_LANES, target);
    }
  }
}

/// The products of all frequencies for one pair of panels.
static void multiply_frequencies(const ck_frequencies *f) {
  ck_index starts[CK_MAX_TILES / LEVEL_ROWS + 2], blocks = cut_rows(f->tiles, starts);
  ck_taps taps = {1, 1, f->channels, 0, 0};
  const float *sources[CK_MAX_TILES];
  for (ck_index t = 0; t < f->tiles; t++) sources[t] = f->before + t * f->before_pitch;
  for (ck_index i = 0; i < f->frequencies; i++) {
    for (ck_index panel = 0; panel < f->panels; panel += LEVEL_PANELS) {
      ck_index panels = ck_min(LEVEL_PANELS, f->panels - panel);
      const float *b = f->packed + panel * f->panel_stride + i * f->channels * CK_LANES;
      float *out = f->after + i * f->after_step + panel * CK_LANES;
      for (ck_index k = 0; k < blocks; k++) {
        multiply_functions[starts[k + 1] - starts[k] - 1][panels - 1](
            sources + starts[k], &taps, b, f->panel_stride, out + starts[k] * f->after_pitch, f->after_pitch);
      }
    }
    for (ck_index t = 0; t < f->tiles; t++) sources[t] += f->before_step;
  }
}
