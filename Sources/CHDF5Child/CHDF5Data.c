// Datasets as float32, whatever they are stored as, a block of rows at a time.
#include "CHDF5Walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t block_elements = 1 << 20;

static int read_exactly(int descriptor, void *into, size_t count) {
  unsigned char *to = into;
  while (count > 0) {
    ssize_t got = read(descriptor, to, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    to += got, count -= (size_t)got;
  }
  return 1;
}

char *chdf5_next_request(struct chdf5_stream *stream, uint64_t *elements) {
  uint32_t length = 0;
  if (!read_exactly(stream->descriptor, &length, sizeof length) || length > 65536) return NULL;
  char *path = calloc(1, (size_t)length + 1);
  if (path && read_exactly(stream->descriptor, path, length) &&
      read_exactly(stream->descriptor, elements, sizeof *elements))
    return path;
  free(path);
  return NULL;
}

static void put_failure(struct chdf5_stream *stream, const char *reason) {
  uint32_t mark = UINT32_MAX;
  chdf5_put(stream, &mark, sizeof mark);
  if (reason) chdf5_put_text(stream, reason, strlen(reason));
  else chdf5_put_reason(stream);
}

/// Rows along the first axis read at a time: about a million elements, and whole chunks where there are chunks.
static uint64_t rows_in_block(hid_t dataset, int rank, const hsize_t *dimensions) {
  uint64_t row = 1;
  for (int i = 1; i < rank; i++) row *= dimensions[i];
  uint64_t rows = row >= block_elements ? 1 : block_elements / row;
  hsize_t chunk[H5S_MAX_RANK] = {0};
  hid_t creation = H5Dget_create_plist(dataset);
  if (H5Pget_layout(creation) == H5D_CHUNKED && H5Pget_chunk(creation, H5S_MAX_RANK, chunk) == rank && chunk[0] > 0)
    rows = (rows + chunk[0] - 1) / chunk[0] * chunk[0];
  H5Pclose(creation);
  return rows < dimensions[0] ? rows : dimensions[0];
}

/// Reads elements as float32. h5py keeps NumPy's bfloat16 as two bytes of no type: the upper half of a float32.
static int read_floats(hid_t dataset, hid_t memory, hid_t space, uint64_t count, float *into) {
  hid_t type = H5Dget_type(dataset);
  int halves = chdf5_is_bfloat16(type);
  int fine = H5Dread(dataset, halves ? type : H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, into) >= 0;
  H5Tclose(type);
  for (uint64_t i = count; fine && halves && i-- > 0;) {
    const unsigned char *half = (const unsigned char *)into + 2 * i;
    uint32_t bits = (uint32_t)half[0] << 16 | (uint32_t)half[1] << 24;
    memcpy(into + i, &bits, sizeof bits);
  }
  return fine;
}

static int put_block(struct chdf5_stream *stream, hid_t dataset, hid_t memory, hid_t space, uint64_t count, float *into) {
  chdf5_progress(5);
  if (!read_floats(dataset, memory, space, count, into)) return 0;
  for (uint64_t sent = 0; sent < count;) {
    uint64_t part = count - sent < block_elements ? count - sent : block_elements;
    uint32_t bytes = (uint32_t)(part * sizeof(float));
    chdf5_put(stream, &bytes, sizeof bytes);
    chdf5_put(stream, into + sent, bytes);
    sent += part;
  }
  return 1;
}

static int put_rows(struct chdf5_stream *stream, hid_t dataset, hid_t space, int rank, const hsize_t *dimensions) {
  hsize_t start[H5S_MAX_RANK] = {0}, block[H5S_MAX_RANK];
  uint64_t rows = rows_in_block(dataset, rank, dimensions), row = 1;
  for (int i = 1; i < rank; i++) row *= dimensions[i];
  memcpy(block, dimensions, sizeof *block * (size_t)rank);
  float *into = malloc((size_t)(rows * row) * sizeof(float));
  int fine = into != NULL;
  for (uint64_t first = 0; fine && first < dimensions[0]; first += rows) {
    start[0] = first;
    block[0] = dimensions[0] - first < rows ? dimensions[0] - first : rows;
    hid_t memory = H5Screate_simple(rank, block, NULL);
    fine = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, block, NULL) >= 0 &&
           put_block(stream, dataset, memory, space, block[0] * row, into);
    H5Sclose(memory);
  }
  free(into);
  return fine;
}

void chdf5_write_dataset(struct chdf5_stream *stream, hid_t file, const char *path, uint64_t elements) {
  hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  hid_t space = dataset < 0 ? -1 : H5Dget_space(dataset);
  hsize_t dimensions[H5S_MAX_RANK] = {0};
  int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, dimensions, NULL);
  uint64_t count = 1;
  for (int i = 0; i < rank; i++)
    if (__builtin_mul_overflow(count, (uint64_t)dimensions[i], &count)) count = UINT64_MAX;
  float scalar = 0;
  uint32_t end = 0;
  int fine = rank >= 0 && count == elements;
  if (!fine) put_failure(stream, rank < 0 ? NULL : "its size is not the one in the index");
  else if (rank == 0) fine = put_block(stream, dataset, H5S_ALL, H5S_ALL, 1, &scalar);
  else if (count > 0) fine = put_rows(stream, dataset, space, rank, dimensions);
  if (fine) chdf5_put(stream, &end, sizeof end);
  else if (rank >= 0 && count == elements) put_failure(stream, NULL);
  chdf5_flush(stream);
  if (space >= 0) H5Sclose(space);
  if (dataset >= 0) H5Dclose(dataset);
}
