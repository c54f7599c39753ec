// Runs every kernel of CKernels over odd shapes, at every instruction set, on buffers of exactly the size asked for,
// against loops too simple to be wrong. Built with sanitizers by Scripts/sanitize-kernels.sh.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static uint64_t counter = 0;

static uint64_t random_bits(void) {
  uint64_t z = (counter += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static ck_index pick(ck_index low, ck_index high) {
  return low + (ck_index)(random_bits() % (uint64_t)(high - low + 1));
}

static ck_index one_of(const ck_index *values, ck_index count) { return values[pick(0, count - 1)]; }

/// Floats in [-1, 1), a quarter of them 0; exactly n, so that the address sanitizer sees a step too far.
static float *floats(ck_index n) {
  float *p = malloc((size_t)(n > 0 ? n : 1) * sizeof(float));
  if (!p) exit(2);
  for (ck_index i = 0; i < n; i++) {
    uint64_t bits = random_bits();
    p[i] = bits % 4 == 0 ? 0 : (float)(int32_t)(bits >> 32) / 2147483648.0f;
  }
  return p;
}

static float *blank(ck_index n) {
  float *p = floats(n);
  for (ck_index i = 0; i < n; i++) p[i] = NAN;
  return p;
}

/// Makes most pixels equal to the first, so that windows are equal.
static void flatten(float *pixels, ck_index count, ck_index channels) {
  for (ck_index i = 1; i < count; i++) {
    if (pick(0, 15)) memcpy(pixels + i * channels, pixels, (size_t)channels * sizeof(float));
  }
}

static int failures = 0, checks = 0;

static void compare(const char *what, ck_index n, const float *found, const double *wanted, const double *size) {
  double worst = 0;
  checks++;
  for (ck_index i = 0; i < n; i++) {
    double error = fabs(found[i] - wanted[i]) / (size[i] + 1);
    if (!(error <= worst)) worst = error;
  }
  if (worst <= 2e-5) return;
  failures++;
  printf("FAILED %s: relative error %g\n", what, worst);
}

static void same(const char *what, ck_index n, const float *a, const float *b) {
  checks++;
  if (memcmp(a, b, (size_t)n * sizeof(float)) == 0) return;
  failures++;
  printf("FAILED %s: not bit-identical\n", what);
}

/// The epilogue, spelled out.
static double epilogue(const ck_epilogue *e, double v, ck_index pixel, ck_index c) {
  if (e->bias) v += e->bias[c];
  if (e->scale) v = v * e->scale[c] + e->shift[c];
  if (e->add) v += e->add[pixel * e->add_pitch + c];
  if (e->clamp) v = fmin(fmax(v, e->low), e->high);
  if (e->mask) {
    float m = e->mask[pixel * e->mask_pitch + c];
    if (!(m > 0 && (e->mask_limit == 0 || m < e->mask_limit))) v = 0;
  }
  if (e->gates && !(e->gates[pixel * e->gates_pitch + c / 16] >> c % 16 & 1)) v = 0;
  return e->post_scale ? v * e->post_scale[c] : v;
}

/// Words of random bits, exactly n.
static uint16_t *words(ck_index n) {
  uint16_t *p = malloc((size_t)(n > 0 ? n : 1) * sizeof(uint16_t));
  if (!p) exit(2);
  for (ck_index i = 0; i < n; i++) p[i] = (uint16_t)random_bits();
  return p;
}

/// An epilogue with random parts for `pixels` of `channels`; its arrays are freed by `discard`.
static ck_epilogue some_epilogue(ck_index pixels, ck_index channels) {
  ck_epilogue e = {0};
  if (pick(0, 1)) e.bias = floats(channels);
  if (pick(0, 1)) e.scale = floats(channels), e.shift = floats(channels);
  if (pick(0, 1)) e.add = floats(pixels * (channels + 3)), e.add_pitch = channels + 3;
  if (pick(0, 1)) e.clamp = 1, e.low = 0, e.high = pick(0, 1) ? INFINITY : 6;
  if (pick(0, 1)) e.mask = floats(pixels * channels), e.mask_pitch = channels, e.mask_limit = pick(0, 1) ? 0.5f : 0;
  if (pick(0, 1)) e.post_scale = floats(channels);
  if (pick(0, 1)) e.gates_pitch = (channels + 15) / 16 + pick(0, 1), e.gates = words(pixels * e.gates_pitch);
  if (pick(0, 1)) e.new_gates_pitch = (channels + 15) / 16, e.new_gates = words(pixels * e.new_gates_pitch);
  e.new_gates_limit = pick(0, 1) ? 0.5f : 0;
  return e;
}

/// Whether the gates that were noted are those of the values that were stored.
static void check_gates(const char *what, const ck_epilogue *e, ck_index pixels, ck_index channels, const float *found) {
  if (!e->new_gates) return;
  checks++;
  for (ck_index p = 0; p < pixels; p++)
    for (ck_index w = 0; w < e->new_gates_pitch; w++) {
      unsigned wanted = 0;
      for (ck_index c = w * 16; c < channels && c < (w + 1) * 16; c++) {
        float v = found[p * channels + c];
        if (v > 0 && (e->new_gates_limit == 0 || v < e->new_gates_limit)) wanted |= 1u << c % 16;
      }
      uint16_t *word = &e->new_gates[p * e->new_gates_pitch + w];
      if (*word != wanted) {
        failures++;
        printf("FAILED gates of %s: pixel %td, word %td is %x, not %x\n", what, p, w, *word, wanted);
        return;
      }
      // The next kernel has to write it anew.
      *word = (uint16_t)~wanted;
    }
}

static void discard(ck_epilogue *e) {
  free((void *)e->bias), free((void *)e->scale), free((void *)e->shift), free((void *)e->add);
  free((void *)e->mask), free((void *)e->post_scale), free((void *)e->gates), free(e->new_gates);
}

static void drop_gates(ck_epilogue *e) {
  free((void *)e->gates), free(e->new_gates);
  e->gates = NULL, e->new_gates = NULL;
}

typedef struct expected {
  double *value, *size;
} expected;

static expected expect(ck_index n) {
  return (expected){calloc((size_t)n + 1, sizeof(double)), calloc((size_t)n + 1, sizeof(double))};
}

static void finish(expected e, const ck_epilogue *epi, ck_index pixels, ck_index channels) {
  for (ck_index p = 0; p < pixels; p++) {
    for (ck_index c = 0; c < channels; c++) {
      e.value[p * channels + c] = epilogue(epi, e.value[p * channels + c], p, c);
    }
  }
}

static expected naive_conv(
    const ck_conv *c, ck_direction d, ck_index batch, const float *in, const float *filter, const ck_epilogue *epi) {
  ck_index ig = c->in_channels / c->groups, og = c->out_channels / c->groups;
  ck_index pixels = batch * (d ? c->in_height * c->in_width : c->out_height * c->out_width);
  ck_index channels = d ? c->in_channels : c->out_channels;
  expected e = expect(pixels * channels);
  for (ck_index n = 0; n < batch; n++)
    for (ck_index oy = 0; oy < c->out_height; oy++)
      for (ck_index ox = 0; ox < c->out_width; ox++)
        for (ck_index ky = 0; ky < c->kernel_height; ky++)
          for (ck_index kx = 0; kx < c->kernel_width; kx++) {
            ck_index iy = oy * c->stride_height + ky * c->dilation_height - c->pad_top;
            ck_index ix = ox * c->stride_width + kx * c->dilation_width - c->pad_left;
            if (iy < 0 || ix < 0 || iy >= c->in_height || ix >= c->in_width) continue;
            ck_index ip = (n * c->in_height + iy) * c->in_width + ix, op = (n * c->out_height + oy) * c->out_width + ox;
            for (ck_index i = 0; i < c->in_channels; i++)
              for (ck_index o = i / ig * og; o < (i / ig + 1) * og; o++) {
                float w = filter[((ky * c->kernel_width + kx) * ig + i % ig) * c->out_channels + o];
                ck_index at = d ? ip * c->in_channels + i : op * c->out_channels + o;
                double x = d ? in[op * c->out_channels + o] : in[ip * c->in_channels + i];
                e.value[at] += x * w;
                e.size[at] += fabs(x * w);
              }
          }
  finish(e, epi, pixels, channels);
  return e;
}

static const char *const names[] = {"direct", "winograd2", "winograd4", "scatter", "direct turned", "winograd2 turned"};

/// Leaves at most a handful of each row's numbers: what the kernels treat apart.
static void thin(float *rows, ck_index count, ck_index length) {
  for (ck_index r = 0; r < count; r++)
    for (ck_index k = 0, kept = pick(0, 5); k < length; k++)
      if (kept == 0 || pick(0, length / 4) != 0) rows[r * length + k] = 0; else kept--;
}

/// Weights turned for the way back, and filters had back from packed weights.
static void check_turned(const ck_conv *c) {
  static const ck_algorithm own[] = {CK_DIRECT, CK_WINOGRAD2}, turned[] = {CK_DIRECT_TURNED, CK_WINOGRAD2_TURNED};
  ck_index count = c->kernel_height * c->kernel_width * c->in_channels / c->groups * c->out_channels;
  float *filter = floats(count), *again = blank(count);
  for (int i = 0; i < 2; i++) {
    if (!ck_conv_supports(c, CK_FORWARD, own[i])) continue;
    float *forward = blank(ck_conv_packed_size(c, CK_FORWARD, own[i]));
    ck_conv_pack(c, CK_FORWARD, own[i], filter, forward, 2);
    if (i == 0) ck_conv_unpack(c, forward, again, 2);
    if (ck_conv_supports(c, CK_BACKWARD_DATA, turned[i])) {
      ck_index size = ck_conv_packed_size(c, CK_BACKWARD_DATA, own[i]);
      float *packed = blank(size), *found = blank(size);
      ck_conv_pack(c, CK_BACKWARD_DATA, own[i], filter, packed, 2);
      ck_conv_turn(c, own[i], forward, found, 2);
      // A zero may have the other sign.
      for (ck_index k = 0; k < size; k++) packed[k] += 0, found[k] += 0;
      same("weights turned", size, packed, found);
      free(packed), free(found);
    }
    free(forward);
  }
  same("a filter packed and unpacked", count, filter, again);
  free(filter), free(again);
}

static void check_conv(const ck_conv *c, ck_index batch, int thinned) {
  float *filter = floats(c->kernel_height * c->kernel_width * c->in_channels / c->groups * c->out_channels);
  for (int d = 0; d < 2; d++) {
    ck_index source = batch * (d ? c->out_height * c->out_width : c->in_height * c->in_width);
    ck_index pixels = batch * (d ? c->in_height * c->in_width : c->out_height * c->out_width);
    ck_index source_channels = d ? c->out_channels : c->in_channels, channels = d ? c->in_channels : c->out_channels;
    float *in = floats(source * source_channels);
    if (thinned) thin(in, source, source_channels);
    if (pick(0, 2) == 0) flatten(in, source, source_channels);
    ck_epilogue epi = some_epilogue(pixels, channels);
    if (!ck_conv_takes_gates(c, (ck_direction)d)) drop_gates(&epi);
    expected e = naive_conv(c, (ck_direction)d, batch, in, filter, &epi);
    for (int a = 0; a < 6; a++) {
      if (!ck_conv_supports(c, (ck_direction)d, (ck_algorithm)a)) continue;
      char what[300];
      float *results[3];
      for (int level = 0; level <= (int)ck_best_level(); level++) {
        int threads = (int)pick(1, 3);
        snprintf(what, sizeof what, "%s %s %s: %tdx%tdx%td > %tdx%tdx%td k %tdx%td s %tdx%td d %tdx%td p %td,%td g %td n %td",
                 names[a], d ? "backward" : "forward", ck_level_name((ck_level)level), c->in_height, c->in_width,
                 c->in_channels, c->out_height, c->out_width, c->out_channels, c->kernel_height, c->kernel_width,
                 c->stride_height, c->stride_width, c->dilation_height, c->dilation_width, c->pad_top, c->pad_left,
                 c->groups, batch);
        ck_set_level((ck_level)level);
        float *packed = blank(ck_conv_packed_size(c, (ck_direction)d, (ck_algorithm)a));
        ck_conv_pack(c, (ck_direction)d, (ck_algorithm)a, filter, packed, threads);
        float *work = blank(ck_conv_workspace_size(c, (ck_direction)d, (ck_algorithm)a, batch, threads));
        results[level] = blank(pixels * channels);
        ck_conv_run(c, (ck_direction)d, (ck_algorithm)a, batch, in, source_channels, packed, &epi, results[level],
                    channels, work, threads);
        compare(what, pixels * channels, results[level], e.value, e.size);
        check_gates(what, &epi, pixels, channels, results[level]);
        free(packed), free(work);
      }
      if (ck_best_level() == CK_AVX512) same(what, pixels * channels, results[1], results[2]);
      for (int level = 0; level <= (int)ck_best_level(); level++) free(results[level]);
    }
    discard(&epi), free(in), free(e.value), free(e.size);
  }
  free(filter);
  check_turned(c);
}

static ck_index extent(ck_index kernel, ck_index dilation) { return (kernel - 1) * dilation + 1; }

/// What comes of a convolution and a pooling of its map, at once and one after the other.
static void check_pooled(const ck_conv *c, const ck_pool *p, ck_index batch) {
  ck_index pitch = c->in_channels + pick(0, 2), n_map = batch * p->in_height * p->in_width * p->channels;
  ck_index n_out = batch * p->out_height * p->out_width * p->channels, pixels = n_map / p->channels;
  float *in = floats(batch * c->in_height * c->in_width * pitch);
  float *filter = floats(c->kernel_height * c->kernel_width * c->in_channels * c->out_channels);
  float *packed = blank(ck_conv_packed_size(c, CK_FORWARD, CK_DIRECT));
  ck_conv_pack(c, CK_FORWARD, CK_DIRECT, filter, packed, 2);
  ck_epilogue epi = some_epilogue(pixels, p->channels);
  for (int level = 0; level <= (int)ck_best_level(); level++) {
    int threads = (int)pick(1, 4);
    ck_set_level((ck_level)level);
    float *map = blank(n_map), *wanted = blank(n_out), *found = blank(n_out);
    uint8_t *places = malloc((size_t)n_out), *same_places = malloc((size_t)n_out);
    float *work = blank(ck_conv_workspace_size(c, CK_FORWARD, CK_DIRECT, batch, threads));
    ck_conv_run(c, CK_FORWARD, CK_DIRECT, batch, in, pitch, packed, &epi, map, p->channels, work, threads);
    check_gates("a map to be pooled", &epi, pixels, p->channels, map);
    ck_max_pool_forward(p, batch, map, wanted, places, threads);
    free(work);
    work = blank(ck_conv_max_pool_workspace_size(c, p, batch, threads));
    ck_conv_max_pool_run(c, p, batch, in, pitch, packed, &epi, found, pick(0, 3) ? same_places : NULL, work, threads);
    same("pooled in place", n_out, found, wanted);
    check_gates("a map pooled in place", &epi, pixels, p->channels, map);
    ck_conv_max_pool_run(c, p, batch, in, pitch, packed, NULL, found, same_places, work, threads);
    ck_conv_max_pool_run(c, p, batch, in, pitch, packed, &epi, found, same_places, work, threads);
    checks++;
    if (memcmp(places, same_places, (size_t)n_out)) failures++, printf("FAILED places of maxima\n");
    free(map), free(wanted), free(found), free(places), free(same_places), free(work);
  }
  discard(&epi), free(in), free(filter), free(packed);
}

/// A pooling of a convolution's map whose windows leave out nothing between them.
static void random_pooled(const ck_conv *c, ck_index batch) {
  ck_pool p = {.in_height = c->out_height, .in_width = c->out_width, .channels = c->out_channels};
  p.window_height = pick(1, p.in_height < 5 ? p.in_height : 5), p.window_width = pick(1, p.in_width < 5 ? p.in_width : 5);
  p.stride_height = pick(1, p.window_height), p.stride_width = pick(1, p.window_width);
  p.pad_top = pick(0, p.window_height - 1), p.pad_left = pick(0, p.window_width - 1);
  ck_index pad_y = p.pad_top + pick(0, p.window_height - 1), pad_x = p.pad_left + pick(0, p.window_width - 1);
  p.out_height = (p.in_height + pad_y - p.window_height) / p.stride_height + 1;
  p.out_width = (p.in_width + pad_x - p.window_width) / p.stride_width + 1;
  while ((p.out_height - 1) * p.stride_height - p.pad_top >= p.in_height) p.out_height--;
  while ((p.out_width - 1) * p.stride_width - p.pad_left >= p.in_width) p.out_width--;
  check_pooled(c, &p, batch);
}

static void random_conv(void) {
  static const ck_index channels[] = {1, 2, 3, 5, 8, 15, 16, 17, 31, 32, 33, 48, 64, 65, 100};
  ck_conv c = {.groups = 1};
  c.kernel_height = pick(1, 7), c.kernel_width = pick(0, 2) ? c.kernel_height : pick(1, 7);
  if (pick(0, 1)) c.kernel_height = c.kernel_width = 3;
  c.stride_height = pick(0, 1) ? 1 : pick(1, 3), c.stride_width = pick(0, 2) ? c.stride_height : pick(1, 3);
  c.dilation_height = pick(0, 2) ? 1 : pick(1, 3), c.dilation_width = pick(0, 2) ? c.dilation_height : pick(1, 3);
  c.in_height = pick(1, 19), c.in_width = pick(0, 1) ? c.in_height : pick(1, 19);
  c.in_channels = one_of(channels, 15), c.out_channels = one_of(channels, 15);
  if (pick(0, 4) == 0) {
    c.groups = pick(2, 4);
    c.in_channels = c.groups * pick(1, 9), c.out_channels = c.groups * pick(1, 18);
  }
  ck_index reach_y = extent(c.kernel_height, c.dilation_height), reach_x = extent(c.kernel_width, c.dilation_width);
  ck_index pad_y = pick(0, 1) ? pick(0, reach_y) : reach_y - 1, pad_x = pick(0, 1) ? pick(0, reach_x) : reach_x - 1;
  if (c.in_height + pad_y < reach_y) pad_y = reach_y - c.in_height;
  if (c.in_width + pad_x < reach_x) pad_x = reach_x - c.in_width;
  c.pad_top = pick(0, pad_y), c.pad_left = pick(0, pad_x);
  c.out_height = (c.in_height + pad_y - reach_y) / c.stride_height + 1;
  c.out_width = (c.in_width + pad_x - reach_x) / c.stride_width + 1;
  check_conv(&c, pick(0, 2) ? 1 : pick(1, 4), pick(0, 4) == 0);
  if (c.groups == 1) random_pooled(&c, pick(1, 4));
}

static void random_depthwise(void) {
  ck_depthwise s = {.channels = pick(1, 40), .multiplier = pick(0, 2) ? 1 : pick(1, 3)};
  s.kernel_height = pick(1, 5), s.kernel_width = pick(1, 5);
  s.stride_height = pick(1, 3), s.stride_width = pick(0, 1) ? s.stride_height : pick(1, 3);
  if (pick(0, 1)) s.stride_height = s.stride_width = 1;
  s.dilation_height = pick(1, 2), s.dilation_width = pick(1, 2);
  ck_index reach_y = extent(s.kernel_height, s.dilation_height), reach_x = extent(s.kernel_width, s.dilation_width);
  s.in_height = pick(reach_y, 20), s.in_width = pick(reach_x, 20);
  ck_index pad_y = pick(0, reach_y - 1), pad_x = pick(0, reach_x - 1), batch = pick(1, 3);
  s.pad_top = pick(0, pad_y), s.pad_left = pick(0, pad_x);
  s.out_height = (s.in_height + pad_y - reach_y) / s.stride_height + 1;
  s.out_width = (s.in_width + pad_x - reach_x) / s.stride_width + 1;
  ck_index outputs = s.channels * s.multiplier, sizes[2] = {batch * s.in_height * s.in_width * s.channels,
                                                           batch * s.out_height * s.out_width * outputs};
  float *filter = floats(s.kernel_height * s.kernel_width * outputs);
  for (int d = 0; d < 2; d++) {
    float *in = floats(sizes[d]);
    ck_index n = sizes[!d], channels = d ? s.channels : outputs;
    ck_epilogue epi = some_epilogue(n / channels, channels);
    expected e = expect(n);
    for (ck_index b = 0; b < batch; b++)
      for (ck_index oy = 0; oy < s.out_height; oy++)
        for (ck_index ox = 0; ox < s.out_width; ox++)
          for (ck_index k = 0; k < s.kernel_height * s.kernel_width; k++) {
            ck_index iy = oy * s.stride_height + k / s.kernel_width * s.dilation_height - s.pad_top;
            ck_index ix = ox * s.stride_width + k % s.kernel_width * s.dilation_width - s.pad_left;
            if (iy < 0 || ix < 0 || iy >= s.in_height || ix >= s.in_width) continue;
            for (ck_index o = 0; o < outputs; o++) {
              ck_index i = ((b * s.in_height + iy) * s.in_width + ix) * s.channels + o / s.multiplier;
              ck_index j = ((b * s.out_height + oy) * s.out_width + ox) * outputs + o;
              double product = (double)filter[k * outputs + o] * in[d ? j : i];
              e.value[d ? i : j] += product;
              e.size[d ? i : j] += fabs(product);
            }
          }
    finish(e, &epi, n / channels, channels);
    float *results[3];
    for (int level = 0; level <= (int)ck_best_level(); level++) {
      ck_set_level((ck_level)level);
      results[level] = blank(n);
      (d ? ck_depthwise_backward : ck_depthwise_forward)(&s, batch, in, filter, &epi, results[level], 2);
      compare(d ? "depthwise backward" : "depthwise forward", n, results[level], e.value, e.size);
      check_gates("depthwise", &epi, n / channels, channels, results[level]);
    }
    if (ck_best_level() == CK_AVX512) same("depthwise", n, results[1], results[2]);
    for (int level = 0; level <= (int)ck_best_level(); level++) free(results[level]);
    discard(&epi), free(in), free(e.value), free(e.size);
  }
  free(filter);
}

static void random_dense(void) {
  ck_index batch = pick(1, 11), inputs = pick(1, 700), outputs = pick(1, 300), nonzeros = pick(0, 2);
  float *weights = floats(inputs * outputs);
  for (int d = 0; d < 2; d++) {
    ck_index m = d ? outputs : inputs, n = d ? inputs : outputs;
    float *in = floats(batch * m);
    if (nonzeros < 2) {
      memset(in, 0, (size_t)(batch * m) * sizeof(float));
      for (ck_index b = 0; b < batch * nonzeros; b++) in[b * m + pick(0, m - 1)] = -0.5f;
    }
    ck_epilogue epi = some_epilogue(batch, n);
    expected e = expect(batch * n);
    for (ck_index b = 0; b < batch; b++)
      for (ck_index i = 0; i < inputs; i++)
        for (ck_index o = 0; o < outputs; o++) {
          double product = (double)weights[i * outputs + o] * in[b * m + (d ? o : i)];
          e.value[b * n + (d ? i : o)] += product;
          e.size[b * n + (d ? i : o)] += fabs(product);
        }
    finish(e, &epi, batch, n);
    float *results[3];
    for (int level = 0; level <= (int)ck_best_level(); level++) {
      ck_set_level((ck_level)level);
      results[level] = blank(batch * n);
      float *work = blank(ck_dense_workspace_size(inputs, outputs, batch));
      if (d) {
        ck_dense_backward(batch, inputs, outputs, in, weights, &epi, results[level], 2);
      } else {
        ck_dense_forward(batch, inputs, outputs, in, weights, &epi, results[level], work, 2);
      }
      free(work);
      compare(d ? "dense backward" : "dense forward", batch * n, results[level], e.value, e.size);
      check_gates("dense", &epi, batch, n, results[level]);
    }
    if (ck_best_level() == CK_AVX512) same("dense", batch * n, results[1], results[2]);
    for (int level = 0; level <= (int)ck_best_level(); level++) free(results[level]);
    discard(&epi), free(in), free(e.value), free(e.size);
  }
  free(weights);
}

static void random_pool(void) {
  ck_pool p = {.channels = pick(1, 40), .window_height = pick(1, 4), .window_width = pick(1, 4)};
  p.stride_height = pick(1, 3), p.stride_width = pick(1, 3);
  p.in_height = pick(p.window_height, 15), p.in_width = pick(p.window_width, 15);
  ck_index pad_y = pick(0, p.window_height - 1), pad_x = pick(0, p.window_width - 1), batch = pick(1, 3);
  p.pad_top = pad_y / 2, p.pad_left = pad_x / 2;
  p.out_height = (p.in_height + pad_y - p.window_height) / p.stride_height + 1;
  p.out_width = (p.in_width + pad_x - p.window_width) / p.stride_width + 1;
  // A window wholly in the padding has no maximum.
  if ((p.out_height - 1) * p.stride_height - p.pad_top >= p.in_height) return;
  if ((p.out_width - 1) * p.stride_width - p.pad_left >= p.in_width) return;
  ck_index n_in = batch * p.in_height * p.in_width * p.channels, n_out = batch * p.out_height * p.out_width * p.channels;
  float *in = floats(n_in), *gradient = floats(n_out);
  ck_epilogue epi = some_epilogue(n_in / p.channels, p.channels);
  expected maxima = expect(n_out), means = expect(n_out), max_back = expect(n_in), mean_back = expect(n_in);
  for (ck_index j = 0; j < n_out; j++) {
    ck_index c = j % p.channels, ox = j / p.channels % p.out_width, oy = j / p.channels / p.out_width % p.out_height;
    ck_index b = j / p.channels / p.out_width / p.out_height, best = -1, count = 0;
    for (int pass = 0; pass < 2; pass++)
      for (ck_index k = 0; k < p.window_height * p.window_width; k++) {
        ck_index y = oy * p.stride_height + k / p.window_width - p.pad_top;
        ck_index x = ox * p.stride_width + k % p.window_width - p.pad_left;
        if (y < 0 || x < 0 || y >= p.in_height || x >= p.in_width) continue;
        ck_index i = ((b * p.in_height + y) * p.in_width + x) * p.channels + c;
        if (pass) {
          mean_back.value[i] += gradient[j] / (double)count;
        } else {
          if (best < 0 || in[i] > in[best]) best = i;
          means.value[j] += in[i];
          count++;
        }
      }
    maxima.value[j] = in[best];
    max_back.value[best] += gradient[j];
    means.value[j] /= (double)count;
  }
  finish(max_back, &epi, n_in / p.channels, p.channels);
  finish(mean_back, &epi, n_in / p.channels, p.channels);
  for (int level = 0; level <= (int)ck_best_level(); level++) {
    ck_set_level((ck_level)level);
    float *out = blank(n_out), *back = blank(n_in);
    uint8_t *argmax = malloc((size_t)n_out);
    ck_max_pool_forward(&p, batch, in, out, pick(0, 1) ? argmax : NULL, 2);
    ck_max_pool_forward(&p, batch, in, out, argmax, 2);
    compare("max pool", n_out, out, maxima.value, maxima.size);
    ck_max_pool_backward(&p, batch, gradient, argmax, NULL, 0, &epi, back, 2);
    compare("max pool backward", n_in, back, max_back.value, max_back.size);
    check_gates("max pool backward", &epi, n_in / p.channels, p.channels, back);
    ck_average_pool_forward(&p, batch, in, out, 2);
    compare("average pool", n_out, out, means.value, means.size);
    ck_average_pool_backward(&p, batch, gradient, &epi, back, 2);
    compare("average pool backward", n_in, back, mean_back.value, mean_back.size);
    check_gates("average pool backward", &epi, n_in / p.channels, p.channels, back);
    free(out), free(back), free(argmax);
  }
  discard(&epi), free(in), free(gradient);
  free(maxima.value), free(maxima.size), free(means.value), free(means.size);
  free(max_back.value), free(max_back.size), free(mean_back.value), free(mean_back.size);
}

static void random_elementwise(void) {
  ck_index pixels = pick(1, 60), channels = pick(1, 70), n = pixels * channels;
  float *a = floats(n), *b = floats(n), *mean = floats(channels);
  ck_epilogue epi = some_epilogue(pixels, channels);
  expected mapped = expect(n), spread = expect(n), masked = expect(n), average = expect(channels);
  for (ck_index i = 0; i < n; i++) {
    mapped.value[i] = a[i];
    spread.value[i] = mean[i % channels] / (double)pixels;
    average.value[i % channels] += a[i] / (double)pixels;
    masked.value[i] = b[i] > 0 && b[i] < 0.5f && a[i] > 0 ? a[i] : 0;
  }
  finish(mapped, &epi, pixels, channels);
  finish(spread, &epi, pixels, channels);
  for (int level = 0; level <= (int)ck_best_level(); level++) {
    ck_set_level((ck_level)level);
    float *out = blank(n);
    ck_map_pixels(pixels, channels, a, channels, &epi, out, channels, 2);
    compare("map", n, out, mapped.value, mapped.size);
    check_gates("map", &epi, pixels, channels, out);
    ck_global_average_backward(1, pixels, channels, mean, &epi, out, 2);
    compare("global average backward", n, out, spread.value, spread.size);
    check_gates("global average backward", &epi, pixels, channels, out);
    ck_global_average_forward(1, pixels, channels, a, out, 2);
    compare("global average", channels, out, average.value, average.size);
    ck_epilogue guided = {.clamp = 1, .high = INFINITY, .mask = b, .mask_pitch = 1, .mask_limit = 0.5f};
    ck_map_pixels(n, 1, a, 1, &guided, out, 1, 2);
    compare("guided", n, out, masked.value, masked.size);
    ck_relu(n, a, out, 2), ck_add(n, a, b, out, 2), ck_multiply(n, a, b, out, 2);
    ck_scale(n, a, 2, 1, out, 2), ck_silu(n, a, out, 2), ck_silu_backward(n, a, b, out, 2);
    ck_sigmoid_backward(n, a, b, out, 2), ck_sigmoid(n, a, out, 2);
    for (ck_index i = 0; i < n; i++) masked.value[i] = 1 / (1 + exp(-(double)a[i]));
    compare("sigmoid", n, out, masked.value, masked.size);
    ck_gelu_backward(n, a, b, out, 2), ck_gelu_tanh(n, a, out, 2), ck_gelu_tanh_backward(n, a, b, out, 2);
    ck_hard_sigmoid(n, a, 5, out, 2), ck_hard_sigmoid_backward(n, a, b, 6, out, 2);
    ck_hard_silu(n, a, out, 2), ck_hard_silu_backward(n, a, b, out, 2), ck_gelu(n, a, out, 2);
    for (ck_index i = 0; i < n; i++) masked.value[i] = a[i] * 0.5 * erfc(-(double)a[i] / sqrt(2));
    compare("gelu", n, out, masked.value, masked.size);
    ck_layer_norm_backward(pixels, channels, a, b, mean, 1e-3, out, 2);
    ck_layer_norm_forward(pixels, channels, a, mean, mean, 1e-3, out, 2);
    for (ck_index i = 0; i < n; i++) masked.value[i] = b[i] > 0 && b[i] < 0.5f && a[i] > 0 ? a[i] : 0;
    ck_sum_products(1, pixels, channels, a, b, out, 2);
    ck_normal(1, (uint64_t)n, n, out, 2);
    free(out);
  }
  discard(&epi), free(a), free(b), free(mean), free(mapped.value), free(mapped.size), free(spread.value);
  free(spread.size), free(masked.value), free(masked.size), free(average.value), free(average.size);
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 40;
  for (int i = 0; i < rounds; i++) {
    counter = (uint64_t)i << 32;
    random_conv();
    random_depthwise();
    random_dense();
    random_pool();
    random_elementwise();
  }
  // Large enough for Winograd's three passes, long sums and more than one unit.
  ck_conv large = {9, 11, 257, 9, 11, 513, 3, 3, 1, 1, 1, 1, 1, 1, 1};
  check_conv(&large, 1, 0);
  ck_conv stem = {57, 57, 3, 29, 29, 64, 7, 7, 2, 2, 1, 1, 3, 3, 1};
  check_conv(&stem, 2, 0);
  ck_conv pointwise = {7, 5, 257, 7, 5, 531, 1, 1, 1, 1, 1, 1, 0, 0, 1};
  check_conv(&pointwise, 3, 1);
  // Several bands of pooled rows, which share a row where windows overlap.
  ck_pool overlapping = {29, 29, 14, 14, 64, 3, 3, 2, 2, 0, 0};
  ck_pool dense = {29, 29, 27, 27, 64, 3, 3, 1, 1, 0, 0};
  for (int i = 0; i < 8; i++) check_pooled(&stem, i % 2 ? &dense : &overlapping, 2);
  printf("%d checks, %d failures\n", checks, failures);
  return failures != 0;
}
