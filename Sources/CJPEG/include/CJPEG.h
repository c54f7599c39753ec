#ifndef CJPEG_H
#define CJPEG_H

#include <stddef.h>
#include <stdint.h>

// JPEG out of memory. libjpeg reports errors by a callback that must not return, so the setjmp it needs is in
// CJPEG.c and these functions return instead. Not API: only Imaging/JPEG.swift calls this.

typedef enum { CJPEG_OK = 0, CJPEG_FAILED = 1, CJPEG_TRUNCATED = 2 } cjpeg_status;

// `message` is what libjpeg said, or empty.
typedef struct {
  uint32_t width;
  uint32_t height;
  char message[200];
} cjpeg_info;

// Reads the size alone; nothing is decoded.
cjpeg_status cjpeg_read_header(const uint8_t *bytes, size_t count, cjpeg_info *info);

// Decodes into `rgb`, width * height * 3 bytes as stored (EXIF orientation is not applied). Grey is repeated;
// CMYK and YCCK are converted without a colour profile, inverted where an Adobe marker says so.
cjpeg_status cjpeg_read(const uint8_t *bytes, size_t count, uint8_t *rgb, cjpeg_info *info);

#endif
