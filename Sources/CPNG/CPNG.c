#include "CPNG.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef struct {
  cpng_info *info;
  const uint8_t *bytes;  // reading
  size_t count;
  size_t position;
  int truncated;
  uint8_t *output;  // writing
  size_t output_count;
  size_t output_capacity;
  uint8_t *row;  // one of a grey picture, or NULL
} context;

static void on_error(png_structp png, png_const_charp message) {
  context *state = png_get_error_ptr(png);
  snprintf(state->info->message, sizeof state->info->message, "%s", message);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void read_bytes(png_structp png, png_bytep into, size_t wanted) {
  context *state = png_get_io_ptr(png);
  if (state->count - state->position < wanted) {
    state->truncated = 1;
    png_error(png, "the file ends early");
  }
  memcpy(into, state->bytes + state->position, wanted);
  state->position += wanted;
}

// The pixels are decoded and the file is read to its end chunk, or, with `rgba` NULL, the header alone is read.
static cpng_status read_png(const uint8_t *bytes, size_t count, uint8_t *rgba, cpng_info *info) {
  context state = {.info = info, .bytes = bytes, .count = count};
  info->message[0] = 0;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, on_error, on_warning);
  png_infop header = png ? png_create_info_struct(png) : NULL;
  // Changed between setjmp and longjmp, hence volatile.
  png_bytep *volatile rows = NULL;
  if (!header || setjmp(png_jmpbuf(png))) {
    free(rows);
    png_destroy_read_struct(&png, &header, NULL);
    return state.truncated ? CPNG_TRUNCATED : CPNG_FAILED;
  }
  png_set_read_fn(png, &state, read_bytes);
  // The caller has its own limit on size, and a better sentence for it.
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_read_info(png, header);
  info->width = png_get_image_width(png, header);
  info->height = png_get_image_height(png, header);
  if (rgba) {
    png_set_expand(png);
    png_set_strip_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
    png_set_interlace_handling(png);
    png_read_update_info(png, header);
    if (png_get_rowbytes(png, header) != (size_t)info->width * 4) png_error(png, "unexpected row size");
    rows = malloc((size_t)info->height * sizeof *rows);
    if (!rows) png_error(png, "out of memory");
    for (size_t row = 0; row < info->height; row++) rows[row] = rgba + row * info->width * 4;
    png_read_image(png, rows);
    png_read_end(png, NULL);
  }
  free(rows);
  png_destroy_read_struct(&png, &header, NULL);
  return CPNG_OK;
}

cpng_status cpng_read_header(const uint8_t *bytes, size_t count, cpng_info *info) {
  return read_png(bytes, count, NULL, info);
}

cpng_status cpng_read(const uint8_t *bytes, size_t count, uint8_t *rgba, cpng_info *info) {
  return read_png(bytes, count, rgba, info);
}

static void write_bytes(png_structp png, png_bytep from, size_t count) {
  context *state = png_get_io_ptr(png);
  if (state->output_capacity - state->output_count < count) {
    size_t capacity = (state->output_capacity + count) * 2;
    uint8_t *grown = realloc(state->output, capacity);
    if (!grown) png_error(png, "out of memory");
    state->output = grown;
    state->output_capacity = capacity;
  }
  memcpy(state->output + state->output_count, from, count);
  state->output_count += count;
}

static void flush_bytes(png_structp png) { (void)png; }

static int is_grey(const uint8_t *rgb, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (rgb[3 * i] != rgb[3 * i + 1] || rgb[3 * i] != rgb[3 * i + 2]) return 0;
  return 1;
}

cpng_status cpng_write(const uint8_t *rgb, uint32_t width, uint32_t height, int is_fast, uint8_t **encoded,
               size_t *encoded_count, cpng_info *info) {
  context state = {.info = info};
  info->message[0] = 0;
  *encoded = NULL;
  *encoded_count = 0;
  // A grey picture is a third of the bytes.
  const int grey = is_grey(rgb, (size_t)width * height);
  state.row = grey ? malloc(width) : NULL;
  if (grey && !state.row) return CPNG_FAILED;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, on_error, on_warning);
  png_infop header = png ? png_create_info_struct(png) : NULL;
  if (!header || setjmp(png_jmpbuf(png))) {
    free(state.row);
    free(state.output);
    png_destroy_write_struct(&png, &header);
    return CPNG_FAILED;
  }
  png_set_write_fn(png, &state, write_bytes, flush_bytes);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_IHDR(png, header, width, height, 8, grey ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (is_fast) {
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_PAETH);
    png_set_compression_level(png, 2);
    png_set_compression_strategy(png, Z_DEFAULT_STRATEGY);
  }
  png_write_info(png, header);
  for (size_t row = 0; row < height; row++) {
    const uint8_t *from = rgb + row * width * 3;
    if (grey)
      for (size_t i = 0; i < width; i++) state.row[i] = from[3 * i];
    png_write_row(png, grey ? state.row : from);
  }
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &header);
  free(state.row);
  *encoded = state.output;
  *encoded_count = state.output_count;
  return CPNG_OK;
}
