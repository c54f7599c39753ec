// Attributes of any type, as records of the index.
#include "CHDF5Walk.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t largest_attribute = 64 << 20;

int chdf5_put_dimensions(struct chdf5_stream *stream, hid_t space, uint64_t *count) {
  hsize_t dimensions[H5S_MAX_RANK] = {0};
  H5S_class_t kind = H5Sget_simple_extent_type(space);
  int rank = kind == H5S_SIMPLE ? H5Sget_simple_extent_dims(space, dimensions, NULL) : 0;
  if (rank < 0) rank = 0;
  *count = 1;
  put_byte(stream, rank);
  for (int i = 0; i < rank; i++) {
    put_u64(stream, dimensions[i]);
    if (__builtin_mul_overflow(*count, (uint64_t)dimensions[i], count)) *count = UINT64_MAX;
  }
  if (kind != H5S_SCALAR && kind != H5S_SIMPLE) *count = 0;
  return kind == H5S_SCALAR || kind == H5S_SIMPLE ? rank : -1;
}

/// Strings of a fixed length, padded with nulls or spaces.
static void put_fixed_strings(struct chdf5_stream *stream, hid_t type, const char *values, uint64_t count) {
  size_t size = H5Tget_size(type);
  int spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
  for (uint64_t i = 0; i < count; i++) {
    const char *value = values + i * size;
    size_t length = strnlen(value, size);
    while (spaces && length > 0 && value[length - 1] == ' ') length--;
    chdf5_put_text(stream, value, length);
  }
}

static void put_variable_strings(struct chdf5_stream *stream, char *const *values, uint64_t count) {
  for (uint64_t i = 0; i < count; i++)
    chdf5_put_text(stream, values[i] ? values[i] : "", values[i] ? strlen(values[i]) : 0);
}

void chdf5_put_attribute(struct chdf5_stream *stream, hid_t attribute) {
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  H5T_class_t class = H5Tget_class(type);
  int variable = class == H5T_STRING && H5Tis_variable_str(type) > 0;
  int kind = class == H5T_STRING ? 's' : class == H5T_INTEGER ? 'i' : class == H5T_FLOAT ? 'f' : 'o';
  hid_t wanted = kind == 's' ? H5Tcopy(type) : H5Tcopy(kind == 'i' ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE);
  hssize_t declared = H5Sget_simple_extent_npoints(space);
  size_t size = H5Tget_size(wanted);
  void *values = NULL;
  if (kind != 'o' && declared > 0 && size > 0 && (uint64_t)declared <= largest_attribute / size) {
    values = calloc((size_t)declared, size);
    if (values && H5Aread(attribute, wanted, values) < 0) free(values), values = NULL;
  }
  int null = H5Sget_simple_extent_type(space) == H5S_NULL;
  if (!values && declared != 0 && !null) kind = 'o';
  put_byte(stream, null ? 'n' : kind);
  uint64_t count = 0;
  chdf5_put_dimensions(stream, space, &count);
  if (!values) count = 0;
  put_u64(stream, count);
  if (count > 0 && kind == 's' && variable) put_variable_strings(stream, values, count);
  else if (count > 0 && kind == 's') put_fixed_strings(stream, wanted, values, count);
  else if (count > 0) chdf5_put(stream, values, (size_t)count * size);
  if (values && variable) H5Dvlen_reclaim(wanted, space, H5P_DEFAULT, values);
  free(values);
  H5Tclose(wanted), H5Tclose(type), H5Sclose(space);
}
