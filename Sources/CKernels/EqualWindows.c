// Equal inputs give equal results: positions of a Winograd convolution whose 3x3 windows hold the same numbers.
//
// A direct convolution sums in one order everywhere, so two positions that read the same numbers get the same bits. Winograd's
// sums depend on the position in the tile: on a flat background its results differ in the last bits, and a max pooling after it
// would choose among them at random where TensorFlow and PyTorch choose the first. Therefore the positions of a sample that read
// equal windows are found before the convolution, and afterwards all of them get the result of the first.
//
// A sample without equal windows costs a fingerprint, a hash and two looks into bit sets for each pixel; no result changes.
#include "EqualWindows.h"

static ck_index power_of_two(ck_index least) {
  ck_index size = 64;
  while (size < least) size *= 2;
  return size;
}

/// Bits of a set of hashes: so many that most different hashes have bits of their own.
static ck_index set_bits(ck_image result) { return power_of_two(32 * result.height * result.width); }

/// Words of two sets, or of the hash table that takes their place.
static ck_index scratch_words(ck_image result) {
  return ck_max(2 * set_bits(result) / 32, power_of_two(2 * result.height * result.width));
}

ck_index ck_equal_windows_size(ck_image result, ck_index batch) {
  ck_index pixels = (result.height + 2) * (result.width + 2), positions = result.height * result.width;
  return ck_round_up(batch * (pixels + 3 * positions + scratch_words(result) + 1), CK_LANES);
}

ck_equal_windows ck_equal_windows_make(
    ck_image source, ck_image result, ck_index pad_top, ck_index pad_left, ck_index batch, const float *in,
    ck_index in_pitch, const ck_target *target, float *workspace) {
  ck_equal_windows e = {
      .source = source, .result = result, .pad_top = pad_top, .pad_left = pad_left, .batch = batch,
      .height = result.height + 2, .width = result.width + 2, .in = in, .in_pitch = in_pitch, .target = target,
      .kernels = ck_kernels()};
  ck_index positions = batch * result.height * result.width;
  e.fingerprints = (uint32_t *)workspace;
  e.hashes = e.fingerprints + batch * e.height * e.width;
  e.candidates = e.hashes + positions;
  e.firsts = e.candidates + positions;
  e.scratch = e.firsts + positions;
  e.found = e.scratch + batch * scratch_words(result);
  return e;
}

/// The channels of a pixel of the padded source; NULL where there is padding.
static const float *pixel_at(const ck_equal_windows *e, ck_index sample, ck_index y, ck_index x) {
  y -= e->pad_top;
  x -= e->pad_left;
  if (y < 0 || y >= e->source.height || x < 0 || x >= e->source.width) return NULL;
  return e->in + ((sample * e->source.height + y) * e->source.width + x) * e->in_pitch;
}

/// Whether two numbers differ; a NaN is as good as another.
static int differ(float a, float b) { return a != b && !(a != a && b != b); }

/// Whether two runs hold equal numbers; NULL holds zeros.
static int equal_runs(const float *a, const float *b, ck_index count) {
  static const float zeros[CK_LANES];
  for (ck_index c = 0; c < count; c += CK_LANES) {
    const float *p = a ? a + c : zeros, *q = b ? b + c : zeros;
    ck_index n = ck_min(CK_LANES, count - c);
    int different = 0;
    if (n == CK_LANES) {
      for (ck_index i = 0; i < CK_LANES; i++) different |= differ(p[i], q[i]);
    } else {
      for (ck_index i = 0; i < n; i++) different |= differ(p[i], q[i]);
    }
    if (different) return 0;
  }
  return 1;
}

/// Whether the epilogue adds the same to two results of a sample.
static int equal_addends(const ck_equal_windows *e, ck_index sample, ck_index a, ck_index b) {
  const ck_epilogue *epilogue = &e->target->epilogue;
  if (!epilogue->add) return 1;
  ck_index first = sample * e->result.height * e->result.width, pitch = epilogue->add_pitch;
  return equal_runs(epilogue->add + (first + a) * pitch, epilogue->add + (first + b) * pitch, e->result.channels);
}

/// Whether two results of a sample read equal windows. Fingerprints tell most others apart.
static int equal_windows(const ck_equal_windows *e, ck_index sample, ck_index a, ck_index b) {
  ck_index width = e->result.width, ya = a / width, xa = a % width, yb = b / width, xb = b % width;
  const uint32_t *words = e->fingerprints + sample * e->height * e->width;
  for (ck_index i = 0; i < 3; i++) {
    const uint32_t *p = words + (ya + i) * e->width + xa, *q = words + (yb + i) * e->width + xb;
    if (p[0] != q[0] || p[1] != q[1] || p[2] != q[2]) return 0;
  }
  for (ck_index i = 0; i < 9; i++) {
    const float *p = pixel_at(e, sample, ya + i / 3, xa + i % 3), *q = pixel_at(e, sample, yb + i / 3, xb + i % 3);
    if (p != q && !equal_runs(p, q, e->source.channels)) return 0;
  }
  return equal_addends(e, sample, a, b);
}

// MARK: Finding

static void fingerprint_unit(void *context, ck_index row, int worker) {
  (void)worker;
  const ck_equal_windows *e = context;
  uint32_t *words = e->fingerprints + row * e->width;
  ck_index y = row % e->height - e->pad_top;
  memset(words, 0, (size_t)e->width * sizeof *words);
  if (y < 0 || y >= e->source.height) return;
  ck_index columns = ck_min(e->source.width, e->width - e->pad_left);
  const float *in = pixel_at(e, row / e->height, row % e->height, e->pad_left);
  e->kernels->fingerprints(in, e->in_pitch, e->source.channels, columns, words + e->pad_left);
}

static uint32_t rotated(uint32_t word, int bits) { return word << bits | word >> (32 - bits); }

/// Hashes of the windows of one row of results.
static void hash_unit(void *context, ck_index row, int worker) {
  (void)worker;
  const ck_equal_windows *e = context;
  const uint32_t *top = e->fingerprints + (row / e->result.height * e->height + row % e->result.height) * e->width;
  const uint32_t *middle = top + e->width, *bottom = middle + e->width;
  uint32_t *hashes = e->hashes + row * e->result.width;
  for (ck_index x = 0; x < e->result.width; x++) {
    uint32_t a = top[x] + rotated(top[x + 1], 7) + rotated(top[x + 2], 13);
    uint32_t b = middle[x] + rotated(middle[x + 1], 7) + rotated(middle[x + 2], 13);
    uint32_t c = bottom[x] + rotated(bottom[x + 1], 7) + rotated(bottom[x + 2], 13);
    uint32_t hash = (a ^ rotated(b, 11) ^ rotated(c, 22)) * 0x9e3779b1u;
    hashes[x] = hash ^ hash >> 16;
  }
}

/// Positions whose hash occurs more than once, and a few others; returns their count.
static ck_index find_candidates(const ck_equal_windows *e, ck_index sample) {
  ck_index positions = e->result.height * e->result.width, count = 0;
  const uint32_t *hashes = e->hashes + sample * positions;
  uint32_t *candidates = e->candidates + sample * positions;
  uint32_t mask = (uint32_t)set_bits(e->result) - 1, repeats = 0;
  uint32_t *seen = e->scratch + sample * scratch_words(e->result), *repeated = seen + set_bits(e->result) / 32;
  memset(seen, 0, (size_t)(2 * set_bits(e->result) / 8));
  for (ck_index i = 0; i < positions; i++) {
    uint32_t bit = hashes[i] & mask, flag = 1u << (bit & 31), known = seen[bit >> 5] & flag;
    seen[bit >> 5] |= flag;
    repeated[bit >> 5] |= known;
    repeats |= known;
  }
  if (!repeats) return 0;
  for (ck_index i = 0; i < positions; i++) {
    uint32_t bit = hashes[i] & mask;
    candidates[count] = (uint32_t)i;
    count += repeated[bit >> 5] >> (bit & 31) & 1;
  }
  return count;
}

/// Finds the first position with an equal window for each candidate; returns whether one has another than itself.
static uint32_t find_firsts(const ck_equal_windows *e, ck_index sample, ck_index count) {
  ck_index positions = e->result.height * e->result.width, slots = power_of_two(2 * count);
  const uint32_t *hashes = e->hashes + sample * positions, *candidates = e->candidates + sample * positions;
  uint32_t *firsts = e->firsts + sample * positions, *table = e->scratch + sample * scratch_words(e->result), found = 0;
  // Positions + 1; 0 is an empty slot.
  memset(table, 0, (size_t)slots * sizeof *table);
  for (ck_index i = 0; i < positions; i++) firsts[i] = (uint32_t)i;
  for (ck_index i = 0; i < count; i++) {
    uint32_t here = candidates[i], slot = hashes[here] & (uint32_t)(slots - 1);
    while (table[slot] && !equal_windows(e, sample, table[slot] - 1, here)) slot = (slot + 1) & (uint32_t)(slots - 1);
    if (table[slot]) {
      firsts[here] = table[slot] - 1;
      found = 1;
    } else {
      table[slot] = here + 1;
    }
  }
  return found;
}

static void sample_unit(void *context, ck_index sample, int worker) {
  (void)worker;
  const ck_equal_windows *e = context;
  ck_index count = find_candidates(e, sample);
  e->found[sample] = count > 1 ? find_firsts(e, sample, count) : 0;
}

int ck_equal_windows_find(const ck_equal_windows *e, int threads) {
  ck_parallel_for(e->batch * e->height, threads, fingerprint_unit, (void *)e);
  ck_parallel_for(e->batch * e->result.height, threads, hash_unit, (void *)e);
  ck_parallel_for(e->batch, threads, sample_unit, (void *)e);
  uint32_t found = 0;
  for (ck_index sample = 0; sample < e->batch; sample++) found |= e->found[sample];
  return (int)found;
}

// MARK: Copying

static void copy_unit(void *context, ck_index row, int worker) {
  (void)worker;
  const ck_equal_windows *e = context;
  ck_index sample = row / e->result.height, y = row % e->result.height;
  if (!e->found[sample]) return;
  ck_index first = sample * e->result.height * e->result.width;
  const uint32_t *firsts = e->firsts + first;
  const ck_target *t = e->target;
  const ck_epilogue *epilogue = &t->epilogue;
  size_t bytes = (size_t)t->channels * sizeof(float);
  size_t gate_bytes = (size_t)ck_divide_up(t->channels, CK_LANES) * sizeof(uint16_t);
  for (ck_index x = 0; x < e->result.width; x++) {
    ck_index here = y * e->result.width + x, equal = firsts[here];
    if (equal == here) continue;
    memcpy(t->data + (first + here) * t->pitch, t->data + (first + equal) * t->pitch, bytes);
    if (!epilogue->new_gates) continue;
    ck_index pitch = epilogue->new_gates_pitch;
    memcpy(epilogue->new_gates + (first + here) * pitch, epilogue->new_gates + (first + equal) * pitch, gate_bytes);
  }
}

void ck_equal_windows_copy(const ck_equal_windows *e, int threads) {
  ck_parallel_for(e->batch * e->result.height, threads, copy_unit, (void *)e);
}
