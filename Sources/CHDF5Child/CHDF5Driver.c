// A file driver for libhdf5 that reads a descriptor: a file that has no name any more (unpacked from an archive), or
// whose name may mean another file by now. Reads beyond the end give zeros, as libhdf5's own driver does.
#include "CHDF5Walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

struct descriptor_file {
  H5FD_t base;
  int descriptor;
  haddr_t size;
  haddr_t allocated;
};

/// The descriptor to be opened next: the child opens one file only.
static int descriptor_to_open = -1;

static H5FD_t *open_descriptor(const char *name, unsigned flags, hid_t access, haddr_t most) {
  (void)name, (void)access, (void)most;
  struct stat status;
  if ((flags & H5F_ACC_RDWR) || fstat(descriptor_to_open, &status) != 0) return NULL;
  struct descriptor_file *file = calloc(1, sizeof *file);
  if (!file) return NULL;
  file->descriptor = descriptor_to_open;
  file->size = (haddr_t)status.st_size;
  return &file->base;
}

static herr_t close_descriptor(H5FD_t *file) {
  free(file);
  return 0;
}

static int compare(const H5FD_t *a, const H5FD_t *b) { return a == b ? 0 : a < b ? -1 : 1; }

static herr_t query(const H5FD_t *file, unsigned long *flags) {
  (void)file;
  *flags = H5FD_FEAT_ACCUMULATE_METADATA_READ | H5FD_FEAT_DATA_SIEVE;
  return 0;
}

static haddr_t allocated(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const struct descriptor_file *)file)->allocated;
}

static herr_t set_allocated(H5FD_t *file, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((struct descriptor_file *)file)->allocated = address;
  return 0;
}

static haddr_t end_of_file(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const struct descriptor_file *)file)->size;
}

static herr_t read_bytes(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *into) {
  (void)type, (void)transfer;
  const struct descriptor_file *file = (const struct descriptor_file *)base;
  if (address == HADDR_UNDEF || address > INT64_MAX - size) return -1;
  unsigned char *to = into;
  while (size > 0) {
    ssize_t got = pread(file->descriptor, to, size, (off_t)address);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) {
      memset(to, 0, size);
      break;
    }
    to += got, address += (haddr_t)got, size -= (size_t)got;
  }
  return 0;
}

static herr_t refuse_write(
    H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, const void *bytes) {
  (void)file, (void)type, (void)transfer, (void)address, (void)size, (void)bytes;
  return -1;
}

static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 0)
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)513,
#endif
    .name = "descriptor",
    .maxaddr = (haddr_t)INT64_MAX,
    .fc_degree = H5F_CLOSE_WEAK,
    .open = open_descriptor,
    .close = close_descriptor,
    .cmp = compare,
    .query = query,
    .get_eoa = allocated,
    .set_eoa = set_allocated,
    .get_eof = end_of_file,
    .read = read_bytes,
    .write = refuse_write,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

int chdf5_use_descriptor(hid_t access, int descriptor) {
  descriptor_to_open = descriptor;
  hid_t registered = H5FDregister(&driver);
  return registered >= 0 && H5Pset_driver(access, registered, NULL) >= 0;
}
