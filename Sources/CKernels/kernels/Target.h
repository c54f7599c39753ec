// Where results go, and what happens to them on the way. Part of Table.h, whose constants it uses.
#ifndef CK_TARGET_H
#define CK_TARGET_H

/// What an epilogue has, as bits: the usual sets have loops of their own.
enum {
  CK_HAS_BIAS = 1,
  CK_HAS_SCALE = 2,
  CK_HAS_ADD = 4,
  CK_HAS_CLAMP = 8,
  CK_HAS_MASK = 16,
  CK_HAS_GATES = 32,
  CK_HAS_POST_SCALE = 64,
  CK_HAS_NEW_GATES = 128
};

static inline int ck_epilogue_parts(const ck_epilogue *e) {
  return (e->bias ? CK_HAS_BIAS : 0) | (e->scale ? CK_HAS_SCALE : 0) | (e->add ? CK_HAS_ADD : 0) | (e->clamp ? CK_HAS_CLAMP : 0) |
         (e->mask ? CK_HAS_MASK : 0) | (e->gates ? CK_HAS_GATES : 0) | (e->post_scale ? CK_HAS_POST_SCALE : 0) |
         (e->new_gates ? CK_HAS_NEW_GATES : 0);
}

/// Where results go. A pixel is `pitch` floats of `data`; `plain` stores whole vectors, has no epilogue,
/// and its pixels follow one another. `streams` stores past the caches what none of them could hold until it is read.
typedef struct ck_target {
  float *data;
  ck_index pitch, channels;
  int plain;
  ck_epilogue epilogue;
  /// What the epilogue has.
  int parts;
  int streams;
} ck_target;

/// Whether a map is so large that it leaves every cache before it is read, and lies so that whole lines are written.
static inline int ck_streams(const float *data, ck_index pixels, ck_index pitch, ck_index channels) {
  enum { STREAMED_FLOATS = 6 << 20 };
  return pixels * pitch >= STREAMED_FLOATS && (uintptr_t)data % 64 == 0 && pitch % CK_LANES == 0 &&
         channels % CK_LANES == 0;
}

/// A target with `epilogue`, which may be null.
static inline ck_target ck_target_make(float *data, ck_index pitch, ck_index channels, const ck_epilogue *epilogue) {
  ck_target target = {.data = data, .pitch = pitch, .channels = channels};
  if (epilogue) target.epilogue = *epilogue;
  target.parts = ck_epilogue_parts(&target.epilogue);
  return target;
}

/// The epilogue of what begins at `pixel`.
static inline ck_epilogue ck_epilogue_from(const ck_epilogue *whole, ck_index pixel) {
  ck_epilogue part = *whole;
  if (part.add) part.add += pixel * part.add_pitch;
  if (part.mask) part.mask += pixel * part.mask_pitch;
  if (part.gates) part.gates += pixel * part.gates_pitch;
  if (part.new_gates) part.new_gates += pixel * part.new_gates_pitch;
  return part;
}

/// The part of a target that begins at `pixel`.
static inline ck_target ck_target_from(const ck_target *whole, ck_index pixel) {
  ck_target part = *whole;
  part.data += pixel * part.pitch;
  part.epilogue = ck_epilogue_from(&whole->epilogue, pixel);
  return part;
}

/// A target in a workspace, for whole vectors as they are.
static inline ck_target ck_target_plain(float *data, ck_index pitch) {
  return (ck_target){.data = data, .pitch = pitch, .channels = pitch, .plain = 1};
}

#endif
