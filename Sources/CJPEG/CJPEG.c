#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <jerror.h>

typedef struct {
  struct jpeg_error_mgr base;  // first, so that libjpeg's pointer is ours
  jmp_buf escape;
  cjpeg_info *info;
  int truncated;
} error_context;

// A progressive file may hold thousands of scans over a large picture and take hours; real ones hold about ten.
enum { most_scans = 200 };

static void leave(j_common_ptr common) {
  error_context *state = (error_context *)common->err;
  char message[JMSG_LENGTH_MAX];
  state->base.format_message(common, message);
  snprintf(state->info->message, sizeof state->info->message, "%.199s", message);
  longjmp(state->escape, 1);
}

// libjpeg goes on after a warning and leaves the rest of the picture grey. A map computed on that would look
// like any other, so the warnings that mean lost picture data are errors here; the others are harmless.
static void on_message(j_common_ptr common, int level) {
  error_context *state = (error_context *)common->err;
  if (level >= 0) return;
  switch (state->base.msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
      state->truncated = 1;
      leave(common);
      break;
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_BOGUS_PROGRESSION:
      leave(common);
      break;
    default:
      break;
  }
}

static void on_progress(j_common_ptr common) {
  if (!common->is_decompressor) return;
  j_decompress_ptr decoder = (j_decompress_ptr)common;
  if (decoder->input_scan_number > most_scans) {
    error_context *state = (error_context *)common->err;
    snprintf(state->info->message, sizeof state->info->message, "more than %d progressive scans", most_scans);
    longjmp(state->escape, 1);
  }
}

// Rounded a * b / 255, as Pillow does it, so that the bytes agree.
static uint8_t scaled(unsigned a, unsigned b) {
  unsigned product = a * b + 128;
  return (uint8_t)(((product >> 8) + product) >> 8);
}

// `ink` holds cyan, magenta, yellow, black; Adobe stores 255 minus each.
static void convert_inks(const uint8_t *ink, uint8_t *rgb, size_t width, int inverted) {
  for (size_t x = 0; x < width; x++, ink += 4, rgb += 3) {
    unsigned white = inverted ? ink[3] : 255u - ink[3];
    for (int i = 0; i < 3; i++) {
      unsigned amount = inverted ? 255u - ink[i] : ink[i];
      rgb[i] = (uint8_t)(white - scaled(amount, white));
    }
  }
}

static void read_rows(j_decompress_ptr decoder, uint8_t *rgb) {
  int inks = decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK;
  decoder->out_color_space = inks ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(decoder);
  size_t width = decoder->output_width;
  JSAMPARRAY buffer = NULL;
  if (inks) {
    buffer = decoder->mem->alloc_sarray((j_common_ptr)decoder, JPOOL_IMAGE, (JDIMENSION)(width * 4), 1);
  }
  while (decoder->output_scanline < decoder->output_height) {
    JSAMPROW row = rgb + (size_t)decoder->output_scanline * width * 3;
    if (inks) {
      jpeg_read_scanlines(decoder, buffer, 1);
      convert_inks(buffer[0], row, width, decoder->saw_Adobe_marker);
    } else {
      jpeg_read_scanlines(decoder, &row, 1);
    }
  }
  jpeg_finish_decompress(decoder);
}

// The whole picture is decoded, or, with `rgb` NULL, the header alone is read.
static cjpeg_status read_jpeg(const uint8_t *bytes, size_t count, uint8_t *rgb, cjpeg_info *info) {
  struct jpeg_decompress_struct decoder;
  struct jpeg_progress_mgr progress = {.progress_monitor = on_progress};
  error_context state = {.info = info};
  info->message[0] = 0;
  decoder.err = jpeg_std_error(&state.base);
  state.base.error_exit = leave;
  state.base.emit_message = on_message;
  // jpeg_create_decompress may fail before the decoder is initialised; destroying it then needs `mem` NULL.
  decoder.mem = NULL;
  if (setjmp(state.escape)) {
    jpeg_destroy_decompress(&decoder);
    return state.truncated ? CJPEG_TRUNCATED : CJPEG_FAILED;
  }
  jpeg_create_decompress(&decoder);
  decoder.progress = &progress;
  jpeg_mem_src(&decoder, bytes, count);
  jpeg_read_header(&decoder, TRUE);
  info->width = decoder.image_width;
  info->height = decoder.image_height;
  if (rgb) read_rows(&decoder, rgb);
  jpeg_destroy_decompress(&decoder);
  return CJPEG_OK;
}

cjpeg_status cjpeg_read_header(const uint8_t *bytes, size_t count, cjpeg_info *info) {
  return read_jpeg(bytes, count, NULL, info);
}

cjpeg_status cjpeg_read(const uint8_t *bytes, size_t count, uint8_t *rgb, cjpeg_info *info) {
  return read_jpeg(bytes, count, rgb, info);
}
