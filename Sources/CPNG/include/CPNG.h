#ifndef CPNG_H
#define CPNG_H

#include <stddef.h>
#include <stdint.h>

// PNG in and out of memory. libpng reports errors by longjmp, which must not cross Swift frames, so every
// setjmp is in CPNG.c and these functions return instead. Not API: only Imaging/PNG.swift calls this.

typedef enum { CPNG_OK = 0, CPNG_FAILED = 1, CPNG_TRUNCATED = 2 } cpng_status;

// `message` is what libpng said, or empty.
typedef struct {
  uint32_t width;
  uint32_t height;
  char message[200];
} cpng_info;

// Reads the size alone; nothing is decoded.
cpng_status cpng_read_header(const uint8_t *bytes, size_t count, cpng_info *info);

// Decodes into `rgba`, width * height * 4 bytes in the order the rows are seen. Grey, palette, transparency
// chunks and interlacing are expanded; 16 bits are reduced to their high byte, as Pillow and TensorFlow do.
cpng_status cpng_read(const uint8_t *bytes, size_t count, uint8_t *rgba, cpng_info *info);

// Encodes width * height * 3 bytes, as grey where all three are equal everywhere: as libpng does by itself (the best of five
// filters for each row, level 6), or, where `is_fast` is not 0, with one filter and level 2. `*encoded` is malloc'ed and the
// caller's to free, NULL on failure.
cpng_status cpng_write(const uint8_t *rgb, uint32_t width, uint32_t height, int is_fast, uint8_t **encoded,
               size_t *encoded_count, cpng_info *info);

#endif
