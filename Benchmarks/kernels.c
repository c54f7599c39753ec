// Time of every convolution of VGG16, ResNet50 and SqueezeNet 1.1 by each algorithm, forward and backward.
// Built and run by Benchmarks/kernels.sh; arguments: threads (2), repeats (10), "all" for every algorithm.
//
// A column is milliseconds (minimum) and GFLOP/s counted as direct convolution, so that Winograd exceeds the peak.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "layers.h"
#include "measuring.h"

static const char *const algorithm_names[] = {"direct", "winograd2", "winograd4", "scatter"};

static double time_layer(const layer *l, ck_direction direction, ck_algorithm algorithm, int threads, int repeats) {
  ck_index out = (l->size + 2 * l->pad - l->kernel) / l->stride + 1;
  ck_conv c = {l->size, l->size, l->in, out, out, l->out, l->kernel, l->kernel, l->stride, l->stride, 1, 1, l->pad,
               l->pad, 1};
  if (!ck_conv_supports(&c, direction, algorithm)) return 0;
  ck_index floats_in = c.in_height * c.in_width * c.in_channels, floats_out = out * out * l->out;
  float *a = buffer(direction ? floats_out : floats_in), *b = buffer(direction ? floats_in : floats_out);
  float *filter = buffer((ck_index)l->kernel * l->kernel * l->in * l->out);
  float *packed = buffer(ck_conv_packed_size(&c, direction, algorithm));
  float *work = buffer(ck_conv_workspace_size(&c, direction, algorithm, 1, threads) + 1);
  ck_conv_pack(&c, direction, algorithm, filter, packed, threads);
  ck_epilogue e = {.clamp = !direction, .high = INFINITY};
  double best = 1e9;
  for (int i = 0; i <= repeats; i++) {
    double start = now();
    ck_conv_run(&c, direction, algorithm, 1, a, direction ? l->out : l->in, packed, &e, b, direction ? l->in : l->out,
                work, threads);
    double taken = now() - start;
    if (taken < best) best = taken;
  }
  free(a), free(b), free(filter), free(packed), free(work);
  return best;
}

int main(int argc, char **argv) {
  int threads = argc > 1 ? atoi(argv[1]) : 2, repeats = argc > 2 ? atoi(argv[2]) : 10;
  int all = argc > 3 && strcmp(argv[3], "all") == 0;
  printf("level %s, threads %d\n", ck_level_name(ck_current_level()), threads);
  double total[2] = {0, 0};
  const char *network = layers[0].network;
  for (size_t i = 0; i <= sizeof layers / sizeof *layers; i++) {
    const layer *l = &layers[i];
    int last = i == sizeof layers / sizeof *layers;
    if (last || strcmp(network, l->network) != 0) {
      printf("%s: forward %.2f ms, backward %.2f ms (best algorithm per layer)\n", network, total[0], total[1]);
      if (last) break;
      network = l->network;
      total[0] = total[1] = 0;
    }
    double out = (l->size + 2 * l->pad - l->kernel) / l->stride + 1;
    double flop = 2e-6 * out * out * l->out * l->in * l->kernel * l->kernel;
    printf("%-10s %-10s x%d %3d %4d>%4d %dx%d/%d", l->network, l->name, l->times, l->size, l->in, l->out, l->kernel,
           l->kernel, l->stride);
    for (int direction = 0; direction < 2; direction++) {
      double best = 1e9;
      int chosen = 0;
      for (int algorithm = 0; algorithm < 4; algorithm++) {
        double t = time_layer(l, (ck_direction)direction, (ck_algorithm)algorithm, threads, repeats);
        if (t == 0) continue;
        if (all) printf(" | %c %s %.3f", "fb"[direction], algorithm_names[algorithm], t);
        if (t < best) best = t, chosen = algorithm;
      }
      total[direction] += best * l->times;
      printf(" || %s %-9s %7.3f ms %5.0f GF", direction ? "backward" : "forward", algorithm_names[chosen], best,
             flop / best);
    }
    printf("\n");
  }
  return 0;
}
