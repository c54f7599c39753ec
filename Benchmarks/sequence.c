// What memory costs: a network's convolutions one after the other, each with weights and results of its own, against each
// by itself over and over, where everything is in the caches. Built and run by Benchmarks/kernels.sh sequence; arguments:
// threads (2), repeats (20).
//
// Printed for forward and backward: the sum over layers of the shortest time in the sequence, and by itself.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "layers.h"
#include "measuring.h"

enum { MOST = 80 };

typedef struct slot {
  ck_conv conv;
  ck_algorithm algorithm;
  float *packed, *result;
  ck_index in_channels, out_channels, in_floats, out_floats;
  double in_sequence, alone;
} slot;

/// As Sources/SaliencyCore/Execution/Convolution.swift chooses.
static ck_algorithm choose(const ck_conv *c, ck_direction d) {
  ck_index pixels = d == CK_FORWARD ? c->out_height * c->out_width : c->in_height * c->in_width;
  ck_index product = c->in_channels * c->out_channels;
  if (ck_conv_supports(c, d, CK_WINOGRAD4) && c->in_channels >= 16 && c->out_channels >= 16 && pixels >= 16)
    return product >= 32768 && pixels <= 256 ? CK_WINOGRAD2 : CK_WINOGRAD4;
  int few = c->in_channels < 12 && c->out_channels >= 16 && c->kernel_height * c->kernel_width > 1;
  return few && ck_conv_supports(c, d, CK_SCATTER) ? CK_SCATTER : CK_DIRECT;
}

static slot make(const layer *l, ck_direction d, int threads) {
  ck_index out = (l->size + 2 * l->pad - l->kernel) / l->stride + 1;
  ck_conv c = {l->size, l->size, l->in, out, out, l->out, l->kernel, l->kernel, l->stride, l->stride, 1, 1, l->pad,
               l->pad, 1};
  slot s = {.conv = c, .algorithm = choose(&c, d), .in_sequence = 1e9, .alone = 1e9};
  ck_index image = c.in_height * c.in_width * c.in_channels, maps = out * out * l->out;
  s.in_channels = d == CK_FORWARD ? l->in : l->out;
  s.out_channels = d == CK_FORWARD ? l->out : l->in;
  s.in_floats = d == CK_FORWARD ? image : maps;
  s.out_floats = d == CK_FORWARD ? maps : image;
  float *filter = buffer((ck_index)l->kernel * l->kernel * l->in * l->out);
  s.packed = buffer(ck_conv_packed_size(&c, d, s.algorithm));
  s.result = buffer(s.out_floats);
  ck_conv_pack(&c, d, s.algorithm, filter, s.packed, threads);
  free(filter);
  return s;
}

static double run(const slot *s, ck_direction d, const float *in, float *work, int threads) {
  ck_epilogue e = {.clamp = d == CK_FORWARD, .high = INFINITY};
  double start = now();
  ck_conv_run(
      &s->conv, d, s->algorithm, 1, in, s->in_channels, s->packed, &e, s->result, s->out_channels, work, threads);
  return now() - start;
}

static void measure(const char *network, ck_direction d, int threads, int repeats) {
  static slot slots[MOST];
  int count = 0;
  ck_index workspace = 0, widest = 0;
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
    if (strcmp(layers[i].network, network) != 0) continue;
    for (int t = 0; t < layers[i].times; t++) {
      slot *s = &slots[count++];
      *s = make(&layers[i], d, threads);
      ck_index needed = ck_conv_workspace_size(&s->conv, d, s->algorithm, 1, threads);
      if (needed > workspace) workspace = needed;
      if (s->in_floats > widest) widest = s->in_floats;
    }
  }
  float *work = buffer(workspace + 1), *image = buffer(widest);
  for (int r = 0; r <= repeats; r++) {
    for (int k = 0; k < count; k++) {
      // The result of the layer before, where it is large enough; branches and pooling are not followed.
      const float *in = k > 0 && slots[k - 1].out_floats >= slots[k].in_floats ? slots[k - 1].result : image;
      slots[k].in_sequence = fmin(slots[k].in_sequence, run(&slots[k], d, in, work, threads));
    }
  }
  double in_sequence = 0, alone = 0;
  for (int k = 0; k < count; k++) {
    for (int r = 0; r <= repeats; r++) slots[k].alone = fmin(slots[k].alone, run(&slots[k], d, image, work, threads));
    in_sequence += slots[k].in_sequence;
    alone += slots[k].alone;
    free(slots[k].packed), free(slots[k].result);
  }
  printf("%-10s %-8s in sequence %7.2f ms, each by itself %7.2f ms: memory %2.0f%%\n", network,
         d == CK_FORWARD ? "forward" : "backward", in_sequence, alone, 100 * (1 - alone / in_sequence));
  free(work), free(image);
}

int main(int argc, char **argv) {
  int threads = argc > 1 ? atoi(argv[1]) : 2, repeats = argc > 2 ? atoi(argv[2]) : 20;
  printf("level %s, threads %d\n", ck_level_name(ck_current_level()), threads);
  const char *const networks[] = {"vgg16", "resnet50", "squeezenet"};
  for (int i = 0; i < 3; i++) {
    measure(networks[i], CK_FORWARD, threads, repeats);
    measure(networks[i], CK_BACKWARD_DATA, threads, repeats);
  }
  return 0;
}
