// A clock, and buffers with numbers in them.
#ifndef MEASURING_H
#define MEASURING_H

#include <stdlib.h>
#include <time.h>

#include "CKernels.h"

/// Milliseconds from some moment on.
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

/// Floats from -1 to 1, aligned to a cache line; the caller frees them.
static float *buffer(ck_index floats) {
  float *p = aligned_alloc(64, (size_t)((floats * 4 + 64) / 64 * 64));
  if (!p) exit(1);
  for (ck_index i = 0; i < floats; i++) p[i] = (float)(i * 2654435761u % 1024) / 512 - 1;
  return p;
}

#endif
