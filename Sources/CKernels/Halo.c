// What a direct convolution reads: the input itself, or a copy of it with zeros around.
#include "Plan.h"

int ck_direct_merges_columns(const ck_conv *c, ck_direction d) {
  return d == CK_FORWARD && c->dilation_width == 1 && c->groups == 1 && c->in_channels < 64 && c->kernel_width > 1;
}

static int needs_halo(const ck_conv *c, ck_direction d) {
  ck_extent e = ck_conv_extent(c, d);
  ck_image source = ck_conv_source(c, d);
  return e.top < 0 || e.left < 0 || e.bottom > source.height || e.right > source.width;
}

static ck_index halo_size(const ck_conv *c, ck_direction d) {
  ck_extent e = ck_conv_extent(c, d);
  return (e.bottom - e.top) * (e.right - e.left) * ck_conv_source(c, d).channels;
}

/// Samples convolved at once where a halo is copied: enough to keep small images busy, few enough to bound memory.
static ck_index samples_at_once(const ck_conv *c, ck_direction d, ck_index batch) {
  ck_image result = ck_conv_result(c, d);
  return ck_max(1, ck_min(batch, 1024 / (result.height * result.width)));
}

ck_index ck_source_size(const ck_conv *c, ck_direction d, ck_index batch) {
  // A merged filter row also needs pixels without gaps, whatever pitch the input comes with.
  if (!needs_halo(c, d) && !ck_direct_merges_columns(c, d)) return 0;
  return ck_round_up(halo_size(c, d) * samples_at_once(c, d, batch), CK_LANES);
}

typedef struct halo_run {
  const float *in;
  ck_index pitch;
  ck_image source;
  ck_extent extent;
  float *out;
} halo_run;

/// Copies one row of the extent, zeros where it leaves the image.
static void halo_unit(void *context, ck_index unit, int worker) {
  (void)worker;
  const halo_run *run = context;
  ck_index height = run->extent.bottom - run->extent.top, width = run->extent.right - run->extent.left;
  ck_index y = unit % height + run->extent.top, channels = run->source.channels;
  float *out = run->out + unit * width * channels;
  if (y < 0 || y >= run->source.height) {
    memset(out, 0, (size_t)(width * channels) * sizeof(float));
    return;
  }
  ck_index first = ck_max(run->extent.left, 0), last = ck_min(run->extent.right, run->source.width);
  const float *in = run->in + (unit / height * run->source.height + y) * run->source.width * run->pitch;
  ck_index left = first - run->extent.left, right = width - left - (last - first);
  memset(out, 0, (size_t)(left * channels) * sizeof(float));
  out += left * channels;
  if (run->pitch == channels) {
    memcpy(out, in + first * channels, (size_t)((last - first) * channels) * sizeof(float));
    out += (last - first) * channels;
  } else {
    for (ck_index x = first; x < last; x++, out += channels) {
      memcpy(out, in + x * run->pitch, (size_t)channels * sizeof(float));
    }
  }
  memset(out, 0, (size_t)(right * channels) * sizeof(float));
}

static int copies(const ck_conv *c, ck_direction d, ck_index in_pitch) {
  return needs_halo(c, d) || (ck_direct_merges_columns(c, d) && in_pitch != ck_conv_source(c, d).channels);
}

ck_index ck_direct_samples(const ck_conv *c, ck_direction d, ck_index batch, ck_index in_pitch) {
  return copies(c, d, in_pitch) ? samples_at_once(c, d, batch) : batch;
}

ck_source ck_source_make(
    const ck_conv *c, ck_direction d, ck_index first, ck_index samples, const float *in, ck_index in_pitch,
    float *workspace, int threads) {
  ck_image source = ck_conv_source(c, d);
  if (!copies(c, d, in_pitch)) {
    return (ck_source){in, samples, first, 0, 0, source.width, source.height * source.width, in_pitch};
  }
  ck_extent extent = ck_conv_extent(c, d);
  ck_index height = extent.bottom - extent.top, width = extent.right - extent.left;
  halo_run halo = {in + first * source.height * source.width * in_pitch, in_pitch, source, extent, workspace};
  ck_parallel_for(samples * height, threads, halo_unit, &halo);
  return (ck_source){workspace, samples, first, extent.top, extent.left, width, height * width, source.channels};
}
