#include <hdf5.h>

// libhdf5's constants are macros around variables, which Swift does not see.
static inline hid_t chdf5_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_int64(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_all(void) { return H5S_ALL; }
static inline hid_t chdf5_defaults(void) { return H5P_DEFAULT; }

/// A new file, whatever stands at `path`; timestamps are left out, so that the same content gives the same bytes.
static inline hid_t chdf5_create_file(const char *path) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  return H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
}

static inline hid_t chdf5_create_dataset(hid_t file, const char *path, hid_t type, hid_t space) {
  hid_t links = H5Pcreate(H5P_LINK_CREATE);
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  H5Pset_obj_track_times(creation, 0);
  hid_t dataset = H5Dcreate2(file, path, type, space, links, creation, H5P_DEFAULT);
  H5Pclose(links), H5Pclose(creation);
  return dataset;
}

static inline hid_t chdf5_create_group(hid_t file, const char *path) {
  hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  hid_t group = H5Gcreate2(file, path, links, H5P_DEFAULT, H5P_DEFAULT);
  H5Pclose(links);
  return group;
}

/// Strings of variable length in UTF-8, which is what h5py reads as `str`.
static inline hid_t chdf5_string_type(void) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}
