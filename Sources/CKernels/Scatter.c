// Backward through a convolution with few input channels, such as a network's first: one matrix product gives every
// output pixel's share of all its inputs, and the shares are added up. Bands of input rows are independent; an output
// row at the border of two bands is computed for both.
#include "Plan.h"

ck_index ck_scatter_packed_size(const ck_conv *c) {
  return ck_gemm_packed_size(c->out_channels, c->kernel_height * c->kernel_width * c->in_channels);
}

void ck_scatter_pack(const ck_conv *c, const float *filter, float *packed) {
  ck_index shares = c->kernel_height * c->kernel_width * c->in_channels;
  ck_gemm_pack(c->out_channels, shares, filter, 1, c->out_channels, packed);
}

typedef struct scatter {
  ck_index shares, share_pitch;
  /// Bands of an image, and rows of the highest.
  ck_index bands, band_rows;
  /// A row of sums has room for taps in the padding, to the left and right of the image.
  ck_index row_pixels, left;
} scatter;

static scatter scatter_make(const ck_conv *c) {
  scatter s;
  s.shares = c->kernel_height * c->kernel_width * c->in_channels;
  s.share_pitch = ck_skewed(s.shares);
  // Few enough bands that what is computed twice stays near an eighth, and an even number.
  ck_index reach = (c->kernel_height - 1) * c->dilation_height + 1;
  s.bands = ck_max(1, c->in_height / (8 * reach));
  if (s.bands > 1) s.bands = s.bands / 2 * 2;
  s.band_rows = ck_divide_up(c->in_height, s.bands) + 1;
  s.left = ck_max(0, c->pad_left);
  ck_index last = (c->out_width - 1) * c->stride_width - c->pad_left + (c->kernel_width - 1) * c->dilation_width + 1;
  s.row_pixels = s.left + ck_max(c->in_width, last);
  return s;
}

static ck_index worker_floats(const ck_conv *c, const scatter *s) {
  return c->out_width * s->share_pitch + s->band_rows * s->row_pixels * c->in_channels;
}

ck_index ck_scatter_workspace_size(const ck_conv *c, int threads) {
  scatter s = scatter_make(c);
  return threads * worker_floats(c, &s);
}

typedef struct scatter_run {
  const ck_table *kernels;
  const ck_conv *conv;
  scatter s;
  const float *in;
  ck_index in_pitch;
  const float *packed;
  const ck_target *target;
  float *workspace;
} scatter_run;

/// Adds the shares of output row `oy` to the sums of input rows [first, last).
static void add_shares(
    const scatter_run *run, ck_index oy, ck_index first, ck_index last, const float *shares, float *sums) {
  const ck_conv *c = run->conv;
  ck_index row = run->s.row_pixels * c->in_channels, top = oy * c->stride_height - c->pad_top;
  // Filter rows [low, high) lie within the band.
  ck_index low = 0, high = c->kernel_height;
  while (low < high && top + low * c->dilation_height < first) low++;
  while (high > low && top + (high - 1) * c->dilation_height >= last) high--;
  if (low == high) return;
  // Neighbouring taps are neighbours in the image unless the filter is dilated.
  ck_index runs = c->dilation_width == 1 ? 1 : c->kernel_width;
  ck_index length = c->kernel_width / runs * c->in_channels;
  shares += low * c->kernel_width * c->in_channels;
  sums += (top + low * c->dilation_height - first) * row;
  for (ck_index r = 0; r < runs; r++) {
    ck_index x = run->s.left - c->pad_left + r * c->dilation_width;
    ck_runs added = {
        c->out_width, high - low, length, shares + r * length, run->s.share_pitch, c->kernel_width * c->in_channels,
        sums + x * c->in_channels, c->stride_width * c->in_channels, c->dilation_height * row};
    run->kernels->add_runs(&added);
  }
}

static void scatter_unit(void *context, ck_index unit, int worker) {
  const scatter_run *run = context;
  const ck_conv *c = run->conv;
  ck_index image = unit / run->s.bands, band = unit % run->s.bands;
  ck_index first = c->in_height * band / run->s.bands, last = c->in_height * (band + 1) / run->s.bands;
  float *shares = run->workspace + worker * worker_floats(c, &run->s);
  float *sums = shares + c->out_width * run->s.share_pitch;
  ck_index row = run->s.row_pixels * c->in_channels;
  memset(sums, 0, (size_t)((last - first) * row) * sizeof(float));
  ck_index reach = (c->kernel_height - 1) * c->dilation_height;
  ck_index low = first + c->pad_top - reach;
  ck_index high = (last - 1 + c->pad_top) / c->stride_height;
  for (ck_index oy = low > 0 ? ck_divide_up(low, c->stride_height) : 0; oy <= ck_min(high, c->out_height - 1); oy++) {
    const float *in = run->in + (image * c->out_height + oy) * c->out_width * run->in_pitch;
    ck_grid grid = {
        .kernels = run->kernels, .in = in, .batch = 1, .rows = 1, .columns = c->out_width, .in_column = run->in_pitch,
        .out_column = 1, .taps = {1, 1, c->out_channels, 0, 0}, .packed = run->packed,
        .panel_stride = c->out_channels * CK_LANES, .panels = ck_divide_up(run->s.shares, CK_LANES),
        .target = ck_target_plain(shares, run->s.share_pitch)};
    ck_grid_run(&grid, 1);
    add_shares(run, oy, first, last, shares, sums);
  }
  for (ck_index y = first; y < last; y++) {
    const float *from = sums + (y - first) * row + run->s.left * c->in_channels;
    ck_target target = ck_target_from(run->target, (image * c->in_height + y) * c->in_width);
    run->kernels->map(from, c->in_channels, 0, c->in_width, &target);
  }
}

void ck_scatter_run(
    const ck_conv *c, ck_index batch, const float *in, ck_index in_pitch, const float *packed,
    const ck_target *target, float *workspace, int threads) {
  scatter_run run = {ck_kernels(), c, scatter_make(c), in, in_pitch, packed, target, workspace};
  ck_parallel_for(batch * run.s.bands, threads, scatter_unit, &run);
}
