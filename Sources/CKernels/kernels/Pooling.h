// Pooling, one image row at a time: which positions a window covers, and which windows cover a position.

typedef struct span {
  ck_index first, last;
} span;

/// The places [first, last) of window `at` that lie inside an image side of `size`.
INLINE span window_span(ck_index at, ck_index window, ck_index stride, ck_index pad, ck_index size) {
  ck_index origin = at * stride - pad;
  return (span){ck_max(0, -origin), ck_min(window, size - origin)};
}

/// The windows [first, last) that cover image position `at`.
INLINE span covering_windows(ck_index at, ck_index window, ck_index stride, ck_index pad, ck_index windows) {
  ck_index low = at + pad - window + 1;
  return (span){low > 0 ? ck_divide_up(low, stride) : 0, ck_min(windows, (at + pad) / stride + 1)};
}

INLINE integers integer_splat(int32_t x) {
  return (integers){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

#include "MaxPoolForward.h"
#include "MaxPoolBackward.h"
#include "AveragePool.h"
