// Winograd convolution: what the shape alone decides.
#ifndef CK_WINOGRAD_PLAN_H
#define CK_WINOGRAD_PLAN_H

#include "EqualWindows.h"

/// What the shape alone decides.
typedef struct winograd {
  ck_image source, result;
  ck_index pad_top, pad_left;
  ck_index size, step, frequencies;
  ck_index tiles_high, tiles_wide;
  ck_index panels, source_pitch, result_pitch;
  /// Tiles of a unit, at most.
  ck_index unit_tiles;
  int three_passes;
} winograd;

static inline winograd winograd_make(const ck_conv *c, ck_direction d, ck_index size, int turned) {
  winograd w = {.source = ck_conv_source(c, d), .result = ck_conv_result(c, d)};
  w.pad_top = d == CK_FORWARD ? c->pad_top : 2 - c->pad_top;
  w.pad_left = d == CK_FORWARD ? c->pad_left : 2 - c->pad_left;
  w.size = size;
  w.step = size - 2;
  w.frequencies = size * size;
  w.tiles_high = ck_divide_up(w.result.height, w.step);
  w.tiles_wide = ck_divide_up(w.result.width, w.step);
  w.panels = ck_divide_up(w.result.channels, CK_LANES);
  w.source_pitch = ck_skewed(w.source.channels);
  w.result_pitch = ck_skewed(w.result.channels);
  // Weights to be turned round as well: in three passes each is turned once, and where it is then used.
  w.three_passes = turned || w.source.channels * w.result.channels >= 131072;
  w.unit_tiles = size == 4 ? CK_MAX_TILES : CK_MAX_TILES / 2;
  return w;
}

#endif
