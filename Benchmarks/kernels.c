// Time of every convolution of VGG16, ResNet50 and SqueezeNet 1.1 by each algorithm, forward and backward.
// Built and run by Benchmarks/kernels.sh; arguments: threads (2), repeats (10), "all" for every algorithm.
//
// A column is milliseconds (minimum) and GFLOP/s counted as direct convolution, so that Winograd exceeds the peak.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CKernels.h"

typedef struct layer {
  const char *network, *name;
  int times, size, in, out, kernel, stride, pad;
} layer;

// Sizes are of the layer's input; padding 0 with stride 2 and kernel 3 is SqueezeNet's "valid".
static const layer layers[] = {
    {"vgg16", "conv1_1", 1, 224, 3, 64, 3, 1, 1},
    {"vgg16", "conv1_2", 1, 224, 64, 64, 3, 1, 1},
    {"vgg16", "conv2_1", 1, 112, 64, 128, 3, 1, 1},
    {"vgg16", "conv2_2", 1, 112, 128, 128, 3, 1, 1},
    {"vgg16", "conv3_1", 1, 56, 128, 256, 3, 1, 1},
    {"vgg16", "conv3_2", 2, 56, 256, 256, 3, 1, 1},
    {"vgg16", "conv4_1", 1, 28, 256, 512, 3, 1, 1},
    {"vgg16", "conv4_2", 2, 28, 512, 512, 3, 1, 1},
    {"vgg16", "conv5", 3, 14, 512, 512, 3, 1, 1},
    {"resnet50", "conv1", 1, 224, 3, 64, 7, 2, 3},
    {"resnet50", "2a 1x1", 1, 56, 64, 64, 1, 1, 0},
    {"resnet50", "2 reduce", 2, 56, 256, 64, 1, 1, 0},
    {"resnet50", "2 3x3", 3, 56, 64, 64, 3, 1, 1},
    {"resnet50", "2 expand", 4, 56, 64, 256, 1, 1, 0},
    {"resnet50", "3a reduce", 1, 56, 256, 128, 1, 1, 0},
    {"resnet50", "3a 3x3/2", 1, 56, 128, 128, 3, 2, 1},
    {"resnet50", "3a short", 1, 56, 256, 512, 1, 2, 0},
    {"resnet50", "3 reduce", 3, 28, 512, 128, 1, 1, 0},
    {"resnet50", "3 3x3", 3, 28, 128, 128, 3, 1, 1},
    {"resnet50", "3 expand", 4, 28, 128, 512, 1, 1, 0},
    {"resnet50", "4a reduce", 1, 28, 512, 256, 1, 1, 0},
    {"resnet50", "4a 3x3/2", 1, 28, 256, 256, 3, 2, 1},
    {"resnet50", "4a short", 1, 28, 512, 1024, 1, 2, 0},
    {"resnet50", "4 reduce", 5, 14, 1024, 256, 1, 1, 0},
    {"resnet50", "4 3x3", 5, 14, 256, 256, 3, 1, 1},
    {"resnet50", "4 expand", 6, 14, 256, 1024, 1, 1, 0},
    {"resnet50", "5a reduce", 1, 14, 1024, 512, 1, 1, 0},
    {"resnet50", "5a 3x3/2", 1, 14, 512, 512, 3, 2, 1},
    {"resnet50", "5a short", 1, 14, 1024, 2048, 1, 2, 0},
    {"resnet50", "5 reduce", 2, 7, 2048, 512, 1, 1, 0},
    {"resnet50", "5 3x3", 2, 7, 512, 512, 3, 1, 1},
    {"resnet50", "5 expand", 3, 7, 512, 2048, 1, 1, 0},
    {"squeezenet", "conv1", 1, 227, 3, 64, 3, 2, 0},
    {"squeezenet", "2 squeeze", 1, 56, 64, 16, 1, 1, 0},
    {"squeezenet", "3 squeeze", 1, 56, 128, 16, 1, 1, 0},
    {"squeezenet", "2,3 e1x1", 2, 56, 16, 64, 1, 1, 0},
    {"squeezenet", "2,3 e3x3", 2, 56, 16, 64, 3, 1, 1},
    {"squeezenet", "4 squeeze", 1, 28, 128, 32, 1, 1, 0},
    {"squeezenet", "5 squeeze", 1, 28, 256, 32, 1, 1, 0},
    {"squeezenet", "4,5 e1x1", 2, 28, 32, 128, 1, 1, 0},
    {"squeezenet", "4,5 e3x3", 2, 28, 32, 128, 3, 1, 1},
    {"squeezenet", "6 squeeze", 1, 14, 256, 48, 1, 1, 0},
    {"squeezenet", "7 squeeze", 1, 14, 384, 48, 1, 1, 0},
    {"squeezenet", "6,7 e1x1", 2, 14, 48, 192, 1, 1, 0},
    {"squeezenet", "6,7 e3x3", 2, 14, 48, 192, 3, 1, 1},
    {"squeezenet", "8 squeeze", 1, 14, 384, 64, 1, 1, 0},
    {"squeezenet", "9 squeeze", 1, 14, 512, 64, 1, 1, 0},
    {"squeezenet", "8,9 e1x1", 2, 14, 64, 256, 1, 1, 0},
    {"squeezenet", "8,9 e3x3", 2, 14, 64, 256, 3, 1, 1},
    {"squeezenet", "conv10", 1, 14, 512, 1000, 1, 1, 0},
};

static const char *const algorithm_names[] = {"direct", "winograd2", "winograd4", "scatter"};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static float *buffer(ck_index floats) {
  float *p = aligned_alloc(64, (size_t)((floats * 4 + 64) / 64 * 64));
  if (!p) exit(1);
  for (ck_index i = 0; i < floats; i++) p[i] = (float)(i * 2654435761u % 1024) / 512 - 1;
  return p;
}

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
