// Positions of a 3x3 convolution of stride 1 that read equal windows of their sample.
#ifndef CK_EQUAL_WINDOWS_H
#define CK_EQUAL_WINDOWS_H

#include "Plan.h"

typedef struct ck_equal_windows {
  ck_image source, result;
  ck_index pad_top, pad_left, batch;
  /// The source with its padding.
  ck_index height, width;
  const float *in;
  ck_index in_pitch;
  const ck_target *target;
  const ck_table *kernels;
  /// One for each padded pixel: equal pixels have equal ones.
  uint32_t *fingerprints;
  /// For each result: the hash of its window; positions that may be equal to others; the first position equal to it.
  uint32_t *hashes, *candidates, *firsts;
  /// Bit sets, then a hash table.
  uint32_t *scratch;
  /// For each sample, whether it has equal windows.
  uint32_t *found;
} ck_equal_windows;

/// Floats of workspace.
ck_index ck_equal_windows_size(ck_image result, ck_index batch);

ck_equal_windows ck_equal_windows_make(
    ck_image source, ck_image result, ck_index pad_top, ck_index pad_left, ck_index batch, const float *in,
    ck_index in_pitch, const ck_target *target, float *workspace);

/// Finds them, before the convolution. Returns 0 if there are none.
int ck_equal_windows_find(const ck_equal_windows *equal, int threads);

/// Gives each the channels and gates of the first one, after the convolution.
void ck_equal_windows_copy(const ck_equal_windows *equal, int threads);

#endif
