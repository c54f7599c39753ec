// The records of the index. Numbers are native; text is a u32 length and its bytes.
//   'G' path                                        a group
//   'D' path, class, u32 size, is-float32-LE, rank, u64 dims..., layout, filtered, u64 offset, u64 bytes   a dataset
//   'A' owner, name, kind, rank, u64 dims..., u64 count, values                                  an attribute
//   'X' path, reason                                something that could not be read
//   'E'                                             the end;  'F' reason: the file could not be opened
#include "CHDF5Walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { deepest = 48, most_objects = 500000, longest_path = 4096 };
static const uint64_t largest_index = 192 << 20;

void chdf5_flush(struct chdf5_stream *stream) {
  size_t sent = 0;
  while (sent < stream->used) {
    ssize_t count = write(stream->descriptor, stream->buffer + sent, stream->used - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(0);
    sent += (size_t)count;
  }
  stream->used = 0;
}

void chdf5_put(struct chdf5_stream *stream, const void *bytes, size_t count) {
  const unsigned char *from = bytes;
  stream->total += count;
  while (count > 0) {
    size_t room = sizeof stream->buffer - stream->used, part = count < room ? count : room;
    memcpy(stream->buffer + stream->used, from, part);
    stream->used += part, from += part, count -= part;
    if (stream->used == sizeof stream->buffer) chdf5_flush(stream);
  }
}

void chdf5_put_text(struct chdf5_stream *stream, const char *text, size_t count) {
  put_u32(stream, (uint32_t)count);
  chdf5_put(stream, text, count);
}

static herr_t keep_innermost(unsigned n, const H5E_error2_t *error, void *into) {
  (void)n;
  const char **found = into;
  *found = error->desc;
  return 1;
}

void chdf5_put_reason(struct chdf5_stream *stream) {
  const char *found = NULL;
  char text[256] = "libhdf5 could not read it and gives no reason";
  // The description belongs to the error stack, so it is copied before any further call clears it.
  hid_t stack = H5Eget_current_stack();
  if (stack >= 0) {
    H5Ewalk2(stack, H5E_WALK_UPWARD, keep_innermost, &found);
    if (found) {
      strncpy(text, found, sizeof text - 1);
      text[sizeof text - 1] = 0;
    }
    H5Eclose_stack(stack);
  }
  chdf5_put_text(stream, text, strlen(text));
}

/// `reason` is libhdf5's own where none is given.
static void put_unreadable(struct chdf5_stream *stream, const char *path, const char *reason) {
  put_byte(stream, 'X');
  chdf5_put_text(stream, path, strlen(path));
  if (reason) chdf5_put_text(stream, reason, strlen(reason));
  else chdf5_put_reason(stream);
}

struct walk {
  struct chdf5_stream *stream;
  hid_t no_other_file;
  unsigned depth, objects, path_length;
  haddr_t ancestors[deepest];
  char path[longest_path];
};

static herr_t visit_attribute(hid_t owner, const char *name, const H5A_info_t *info, void *data) {
  (void)info;
  struct walk *walk = data;
  chdf5_progress(1);
  hid_t attribute = H5Aopen(owner, name, H5P_DEFAULT);
  if (attribute < 0) {
    put_unreadable(walk->stream, walk->path, NULL);
    return 0;
  }
  put_byte(walk->stream, 'A');
  chdf5_put_text(walk->stream, walk->path, walk->path_length);
  chdf5_put_text(walk->stream, name, strlen(name));
  chdf5_put_attribute(walk->stream, attribute);
  H5Aclose(attribute);
  return walk->stream->total > largest_index ? -1 : 0;
}

static void visit_attributes(struct walk *walk, hid_t object) {
  hsize_t position = 0;
  if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, &position, visit_attribute, walk) < 0)
    put_unreadable(walk->stream, walk->path, NULL);
}

int chdf5_is_bfloat16(hid_t type) { return H5Tget_class(type) == H5T_OPAQUE && H5Tget_size(type) == 2; }

static int class_letter(hid_t type) {
  H5T_class_t class = H5Tget_class(type);
  return class == H5T_FLOAT || chdf5_is_bfloat16(type) ? 'f'
         : class == H5T_INTEGER                        ? 'i'
         : class == H5T_STRING                         ? 's'
                                                       : 'o';
}

static void put_dataset(struct walk *walk, hid_t dataset) {
  struct chdf5_stream *stream = walk->stream;
  hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset), creation = H5Dget_create_plist(dataset);
  H5D_layout_t layout = H5Pget_layout(creation);
  // Data in other files is never followed.
  int elsewhere = H5Pget_external_count(creation) > 0 || layout == H5D_VIRTUAL;
  uint64_t count = 0;
  put_byte(stream, 'D');
  chdf5_put_text(stream, walk->path, walk->path_length);
  put_byte(stream, class_letter(type));
  put_u32(stream, (uint32_t)H5Tget_size(type));
  put_byte(stream, H5Tequal(type, H5T_IEEE_F32LE) > 0 && H5Tequal(type, H5T_NATIVE_FLOAT) > 0);
  chdf5_put_dimensions(stream, space, &count);
  put_byte(stream, elsewhere               ? 'e'
                   : layout == H5D_CHUNKED    ? 'k'
                   : layout == H5D_CONTIGUOUS ? 'c'
                                              : 'p');
  put_byte(stream, H5Pget_nfilters(creation) > 0);
  haddr_t offset = layout == H5D_CONTIGUOUS && !elsewhere ? H5Dget_offset(dataset) : HADDR_UNDEF;
  put_u64(stream, offset == HADDR_UNDEF ? UINT64_MAX : offset);
  put_u64(stream, H5Dget_storage_size(dataset));
  H5Tclose(type), H5Sclose(space), H5Pclose(creation);
}

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *info, void *data);

static void visit_group(struct walk *walk, hid_t group) {
  H5O_info_t info;
  if (walk->depth >= deepest || H5Oget_info2(group, &info, H5O_INFO_BASIC) < 0) {
    put_unreadable(walk->stream, walk->path, NULL);
    return;
  }
  for (unsigned i = 0; i < walk->depth; i++)
    if (walk->ancestors[i] == info.addr) return;  // a group that holds itself
  walk->ancestors[walk->depth++] = info.addr;
  put_byte(walk->stream, 'G');
  chdf5_put_text(walk->stream, walk->path, walk->path_length);
  visit_attributes(walk, group);
  hsize_t position = 0;
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &position, visit_link, walk) < 0)
    put_unreadable(walk->stream, walk->path, NULL);
  walk->depth--;
}

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *info, void *data) {
  struct walk *walk = data;
  size_t length = strlen(name);
  if (walk->path_length + length + 2 > longest_path) return 0;
  if (++walk->objects > most_objects || walk->stream->total > largest_index) return -1;
  chdf5_progress(1);
  unsigned before = walk->path_length;
  if (before > 0) walk->path[walk->path_length++] = '/';
  memcpy(walk->path + walk->path_length, name, length + 1);
  walk->path_length += (unsigned)length;
  int outside = info->type != H5L_TYPE_HARD && info->type != H5L_TYPE_SOFT;
  // A soft link may lead to another file on its way, so every opening refuses those.
  hid_t object = outside ? -1 : H5Oopen(group, name, walk->no_other_file);
  H5I_type_t type = object < 0 ? H5I_BADID : H5Iget_type(object);
  if (type == H5I_GROUP) visit_group(walk, object);
  else if (type == H5I_DATASET) put_dataset(walk, object), visit_attributes(walk, object);
  else if (type == H5I_BADID)
    put_unreadable(walk->stream, walk->path, outside ? "a link to another file, which is never opened" : NULL);
  if (object >= 0) H5Oclose(object);
  walk->path_length = before;
  walk->path[before] = 0;
  return 0;
}

static herr_t refuse_other_file(
    const char *file, const char *group, const char *other, const char *object, unsigned *flags, hid_t access, void *data) {
  (void)file, (void)group, (void)other, (void)object, (void)flags, (void)access, (void)data;
  return -1;
}

hid_t chdf5_write_index(struct chdf5_stream *stream, int descriptor) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  hid_t file = chdf5_use_descriptor(access, descriptor) ? H5Fopen("file", H5F_ACC_RDONLY, access) : -1;
  hid_t root = file < 0 ? -1 : H5Gopen2(file, "/", H5P_DEFAULT);
  if (root < 0) {
    put_byte(stream, 'F');
    chdf5_put_reason(stream);
  } else {
    static struct walk walk;
    walk.stream = stream;
    walk.no_other_file = H5Pcreate(H5P_LINK_ACCESS);
    H5Pset_elink_cb(walk.no_other_file, refuse_other_file, NULL);
    visit_group(&walk, root);
    H5Pclose(walk.no_other_file);
    H5Gclose(root);
    put_byte(stream, 'E');
  }
  H5Pclose(access);
  chdf5_flush(stream);
  return root < 0 ? -1 : file;
}
