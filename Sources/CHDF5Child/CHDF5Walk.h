#ifndef CHDF5WALK_H
#define CHDF5WALK_H

#include <hdf5.h>
#include <stdint.h>
#include <stddef.h>

struct chdf5_stream {
  int descriptor;
  size_t used;
  uint64_t total;
  unsigned char buffer[65536];
};

/// Bytes to the parent, buffered; ends the process where the parent has gone.
void chdf5_put(struct chdf5_stream *, const void *bytes, size_t count);
void chdf5_put_text(struct chdf5_stream *, const char *text, size_t count);
void chdf5_put_reason(struct chdf5_stream *);
static inline void put_byte(struct chdf5_stream *stream, int value) {
  unsigned char byte = (unsigned char)value;
  chdf5_put(stream, &byte, 1);
}
static inline void put_u32(struct chdf5_stream *stream, uint32_t value) { chdf5_put(stream, &value, sizeof value); }
static inline void put_u64(struct chdf5_stream *stream, uint64_t value) { chdf5_put(stream, &value, sizeof value); }
void chdf5_flush(struct chdf5_stream *);

/// Ends the process if it uses this much processor time before the next call.
void chdf5_progress(unsigned seconds);

/// Makes files opened with these access properties read the descriptor, whatever their name; 0 where it cannot be.
int chdf5_use_descriptor(hid_t access, int descriptor);

/// Writes every record of the file; the open file, or a negative number where it cannot be opened.
hid_t chdf5_write_index(struct chdf5_stream *, int descriptor);

/// Writes rank and dimensions of a space; -1 where it is null (h5py's Empty) or odd.
int chdf5_put_dimensions(struct chdf5_stream *, hid_t space, uint64_t *count);
/// Writes kind, rank, dimensions, count and values of an open attribute.
void chdf5_put_attribute(struct chdf5_stream *, hid_t attribute);

/// Whether elements are two bytes without a type, as which h5py keeps NumPy's bfloat16.
int chdf5_is_bfloat16(hid_t type);

/// The path of the dataset asked for next, owned by the caller; NULL where the parent has closed the socket.
char *chdf5_next_request(struct chdf5_stream *, uint64_t *elements);

void chdf5_write_dataset(struct chdf5_stream *, hid_t file, const char *path, uint64_t elements);

#endif
