// Rows that are nearly all zeros: such as the gradient that enters a classifier made of a 1x1 convolution and global
// pooling, where one channel of a thousand belongs to the class that was asked about.
//
// A product with 0 changes no sum, so leaving it out changes no bit; sums are flushed where `multiply_tile` flushes them.

enum {
  // How many numbers of a row are few, and how long a row is at least that is looked at.
  FEW = 4,
  FEW_FROM = 128
};

typedef struct few_row {
  ck_index count;
  ck_index at[FEW];
} few_row;

/// Finds the numbers of a row that are not 0; gives up, with 0, where they are not few: mostly at the first look.
INLINE int find_few(const float *row, ck_index n, few_row *found) {
  found->count = 0;
  for (ck_index first = 0; first < n; first += CK_LANES) {
    ck_index lanes = ck_min(CK_LANES, n - first);
    if (!__builtin_reduce_or(load_first(row + first, lanes) != zero())) continue;
    for (ck_index k = first; k < first + lanes; k++) {
      if (row[k] == 0) continue;
      if (found->count == FEW) return 0;
      found->at[found->count++] = k;
    }
  }
  return 1;
}

/// The sums of one row and panel.
INLINE vector few_sums(const float *row, const few_row *few, const float *b) {
  vector total = zero(), sums = zero();
  for (ck_index i = 0; i < few->count; i++) {
    ck_index k = few->at[i];
    if (i > 0 && k / CK_FLUSH != few->at[i - 1] / CK_FLUSH) {
      total += sums;
      sums = zero();
    }
    sums = multiply_add(splat(row[k]), load(b + k * CK_LANES), sums);
  }
  return total + sums;
}

/// `multiply` for rows of which all have few numbers; 0, and nothing is done, where they have not.
static int multiply_few(const ck_block *block, const ck_target *target) {
  if (block->taps.rows * block->taps.columns != 1 || block->taps.length < FEW_FROM) return 0;
  few_row few[CK_MAX_ROWS];
  for (ck_index r = 0; r < block->rows; r++) {
    if (!find_few(block->sources[r], block->taps.length, &few[r])) return 0;
  }
  for (ck_index panel = block->first_panel; panel < block->last_panel; panel++) {
    const float *b = block->packed + panel * block->panel_stride;
    for (ck_index first = 0; first < block->rows; first += LEVEL_ROWS) {
      vector total[LEVEL_ROWS];
      ck_index rows = ck_min(LEVEL_ROWS, block->rows - first);
      for (ck_index r = 0; r < rows; r++) total[r] = few_sums(block->sources[first + r], &few[first + r], b);
      finish_pixels(total, 1, rows, block->pixels + first, panel * CK_LANES, target);
    }
  }
  return 1;
}
