// Winograd convolution: tiles to frequencies and back, and prefetches for them. Only Winograd.c includes this.
#include "WinogradPlan.h"

typedef struct winograd_run {
  const ck_table *kernels;
  winograd w;
  const float *in;
  ck_index in_pitch;
  const float *packed;
  /// Where what is packed is to be turned round first.
  const ck_conv *turned;
  const ck_target *target;
  float *workers;
  ck_index worker_floats;
  ck_index tiles, units;
  // Three passes: tiles [first, first + count) and their frequencies.
  ck_index first, count, panel_units;
  float *before, *after;
} winograd_run;

/// Transforms tile `tile` of the image into frequencies `step` apart from `out` on.
static void transform(const winograd_run *run, ck_index tile, float *edge, float *out, ck_index step) {
  const winograd *w = &run->w;
  ck_index per_image = w->tiles_high * w->tiles_wide, image = tile / per_image;
  ck_index y = tile % per_image / w->tiles_wide * w->step - w->pad_top;
  ck_index x = tile % w->tiles_wide * w->step - w->pad_left;
  const float *in = run->in + image * w->source.height * w->source.width * run->in_pitch;
  ck_index channels = w->source.channels;
  ck_tile t = {w->size, channels, NULL, w->source.width * run->in_pitch, run->in_pitch, out, step};
  if (y >= 0 && x >= 0 && y + w->size <= w->source.height && x + w->size <= w->source.width) {
    t.image = in + (y * w->source.width + x) * run->in_pitch;
    run->kernels->winograd_input(&t);
    return;
  }
  t.image = edge;
  t.pixel_step = ck_round_up(channels, CK_LANES);
  t.row_step = w->size * t.pixel_step;
  for (ck_index i = 0; i < w->size; i++) {
    for (ck_index j = 0; j < w->size; j++) {
      float *pixel = edge + i * t.row_step + j * t.pixel_step;
      int inside = y + i >= 0 && y + i < w->source.height && x + j >= 0 && x + j < w->source.width;
      if (inside) {
        memcpy(pixel, in + ((y + i) * w->source.width + x + j) * run->in_pitch, (size_t)channels * sizeof(float));
      } else {
        memset(pixel, 0, (size_t)channels * sizeof(float));
      }
    }
  }
  run->kernels->winograd_input(&t);
}

/// Transforms channels [first, first + count) of a tile's frequencies back and stores them.
static void inverse(
    const winograd_run *run, ck_index tile, float *frequencies, ck_index step, ck_index first, ck_index count) {
  const winograd *w = &run->w;
  ck_index per_image = w->tiles_high * w->tiles_wide, image = tile / per_image;
  ck_index y = tile % per_image / w->tiles_wide * w->step, x = tile % w->tiles_wide * w->step;
  ck_tile t = {.size = w->size, .frequencies = frequencies, .frequency_step = step};
  ck_tile_place place = {
      (image * w->result.height + y) * w->result.width + x, w->result.width,
      ck_min(w->step, w->result.height - y), ck_min(w->step, w->result.width - x), first, count};
  run->kernels->winograd_output(&t, &place, run->target);
}

/// Asks for `count` channels of rows x columns pixels of an image that is `width` pixels wide.
static void prefetch_pixels(
    const float *first, ck_index pitch, ck_index width, ck_index rows, ck_index columns, ck_index count) {
  for (ck_index y = 0; y < rows; y++) {
    const float *pixel = first + y * width * pitch;
    for (ck_index x = 0; x < columns; x++, pixel += pitch) {
      __builtin_prefetch(pixel, 0, 2);
      for (ck_index c = CK_LANES; c < count; c += CK_LANES) __builtin_prefetch(pixel + c, 0, 2);
    }
  }
}

/// Asks for what the epilogue of a tile will read and for where it will write, while there are products to compute.
static void prefetch_results(const winograd_run *run, ck_index tile, ck_index first, ck_index count) {
  const winograd *w = &run->w;
  const ck_target *t = run->target;
  ck_index per_image = w->tiles_high * w->tiles_wide, image = tile / per_image;
  ck_index top = tile % per_image / w->tiles_wide * w->step, left = tile % w->tiles_wide * w->step;
  ck_index rows = ck_min(w->step, w->result.height - top), columns = ck_min(w->step, w->result.width - left);
  ck_index pixel = (image * w->result.height + top) * w->result.width + left, width = w->result.width;
  const ck_epilogue *e = &t->epilogue;
  if (!t->streams) prefetch_pixels(t->data + pixel * t->pitch + first, t->pitch, width, rows, columns, count);
  if (e->add) prefetch_pixels(e->add + pixel * e->add_pitch + first, e->add_pitch, width, rows, columns, count);
  if (e->mask) prefetch_pixels(e->mask + pixel * e->mask_pitch + first, e->mask_pitch, width, rows, columns, count);
}

/// Asks for what tiles [first, last) will be transformed from, while there are products of others to compute.
static void prefetch_sources(const winograd_run *run, ck_index first, ck_index last) {
  const winograd *w = &run->w;
  ck_index per_image = w->tiles_high * w->tiles_wide;
  for (ck_index tile = first; tile < last; tile++) {
    ck_index image = tile / per_image;
    ck_index top = tile % per_image / w->tiles_wide * w->step - w->pad_top, left = tile % w->tiles_wide * w->step;
    for (ck_index y = ck_max(top, 0); y < ck_min(top + w->size, w->source.height); y++) {
      const float *row = run->in + (image * w->source.height + y) * w->source.width * run->in_pitch;
      for (ck_index x = ck_max(left, 0); x < ck_min(left + w->step, w->source.width); x++) {
        for (ck_index c = 0; c < w->source.channels; c += CK_LANES) __builtin_prefetch(row + x * run->in_pitch + c, 0, 2);
      }
    }
  }
}
