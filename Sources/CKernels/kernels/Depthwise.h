// Depthwise convolution: one image row, a vector of channels at a time.

/// Input channels of output channels [o, o + n).
INLINE vector depthwise_input(const float *pixel, ck_index multiplier, ck_index o, ck_index n) {
  if (multiplier == 1) return load_first(pixel + o, n);
  vector v = zero();
  for (ck_index i = 0; i < n; i++) v[i] = pixel[(o + i) / multiplier];
  return v;
}

/// Output pixels [x, x + count) of one row for output channels [o, o + n); all their columns lie inside the image
/// where `inside`.
INLINE void depthwise_pixels(
    const ck_depthwise_row *row, const ck_target *target, ck_index x, const int count, const int inside, ck_index o,
    ck_index n) {
  const ck_depthwise *s = row->shape;
  ck_index outputs = s->channels * s->multiplier;
  vector sum[4];
  for (int i = 0; i < count; i++) sum[i] = zero();
  for (ck_index ky = 0; ky < s->kernel_height; ky++) {
    ck_index y = row->y * s->stride_height + ky * s->dilation_height - s->pad_top;
    if (y < 0 || y >= s->in_height) continue;
    for (ck_index kx = 0; kx < s->kernel_width; kx++) {
      vector w = load_first(row->filter + (ky * s->kernel_width + kx) * outputs + o, n);
#pragma clang loop unroll(full)
      for (int i = 0; i < count; i++) {
        ck_index column = (x + i) * s->stride_width + kx * s->dilation_width - s->pad_left;
        if (!inside && (column < 0 || column >= s->in_width)) continue;
        const float *pixel = row->in + (y * s->in_width + column) * s->channels;
        sum[i] = multiply_add(depthwise_input(pixel, s->multiplier, o, n), w, sum[i]);
      }
    }
  }
  for (int i = 0; i < count; i++) finish(sum[i], target, row->pixel + x + i, o, n);
}

static void depthwise_forward(const ck_depthwise_row *row, const ck_target *target) {
  const ck_depthwise *s = row->shape;
  ck_index outputs = s->channels * s->multiplier;
  ck_index reach = (s->kernel_width - 1) * s->dilation_width;
  for (ck_index x = 0; x < s->out_width;) {
    ck_index left = x * s->stride_width - s->pad_left, right = left + 3 * s->stride_width + reach;
    int four = x + 4 <= s->out_width && left >= 0 && right < s->in_width;
    for (ck_index o = 0; o < outputs; o += CK_LANES) {
      ck_index n = ck_min(CK_LANES, outputs - o);
      if (!four) {
        depthwise_pixels(row, target, x, 1, 0, o, n);
      } else if (n == CK_LANES && s->multiplier == 1) {
        depthwise_pixels(row, target, x, 4, 1, o, CK_LANES);
      } else {
        depthwise_pixels(row, target, x, 4, 1, o, n);
      }
    }
    x += four ? 4 : 1;
  }
}

/// The output row or column that tap k of input position `at` comes from, or -1.
INLINE ck_index output_position(
    ck_index at, ck_index k, ck_index stride, ck_index dilation, ck_index pad, ck_index size) {
  ck_index position = at + pad - k * dilation;
  if (position < 0 || position % stride != 0) return -1;
  position /= stride;
  return position < size ? position : -1;
}

INLINE void depthwise_gradient(
    const ck_depthwise_row *row, const ck_target *target, ck_index x, ck_index c, ck_index n) {
  const ck_depthwise *s = row->shape;
  ck_index m = s->multiplier, outputs = s->channels * m;
  vector sum = zero();
  for (ck_index ky = 0; ky < s->kernel_height; ky++) {
    ck_index oy = output_position(row->y, ky, s->stride_height, s->dilation_height, s->pad_top, s->out_height);
    if (oy < 0) continue;
    for (ck_index kx = 0; kx < s->kernel_width; kx++) {
      ck_index ox = output_position(x, kx, s->stride_width, s->dilation_width, s->pad_left, s->out_width);
      if (ox < 0) continue;
      const float *gradient = row->in + (oy * s->out_width + ox) * outputs;
      const float *filter = row->filter + (ky * s->kernel_width + kx) * outputs;
      if (m == 1) {
        sum = multiply_add(load_first(gradient + c, n), load_first(filter + c, n), sum);
        continue;
      }
      for (ck_index j = 0; j < m; j++) {
        vector g = zero(), w = zero();
        for (ck_index i = 0; i < n; i++) {
          g[i] = gradient[(c + i) * m + j];
          w[i] = filter[(c + i) * m + j];
        }
        sum = multiply_add(g, w, sum);
      }
    }
  }
  finish(sum, target, row->pixel + x, c, n);
}

/// Stride 1, multiplier 1, four pixels whose taps all lie inside: the weights are loaded once for them.
INLINE void depthwise_gradient_four(
    const ck_depthwise_row *row, const ck_target *target, ck_index x, ck_index c) {
  const ck_depthwise *s = row->shape;
  vector sum[4] = {zero(), zero(), zero(), zero()};
  for (ck_index ky = 0; ky < s->kernel_height; ky++) {
    ck_index oy = output_position(row->y, ky, 1, s->dilation_height, s->pad_top, s->out_height);
    if (oy < 0) continue;
    for (ck_index kx = 0; kx < s->kernel_width; kx++) {
      ck_index ox = x + s->pad_left - kx * s->dilation_width;
      const float *gradient = row->in + (oy * s->out_width + ox) * s->channels + c;
      vector w = load(row->filter + (ky * s->kernel_width + kx) * s->channels + c);
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) sum[i] = multiply_add(load(gradient + i * s->channels), w, sum[i]);
    }
  }
  for (int i = 0; i < 4; i++) finish(sum[i], target, row->pixel + x + i, c, CK_LANES);
}

static void depthwise_backward(const ck_depthwise_row *row, const ck_target *target) {
  const ck_depthwise *s = row->shape;
  int simple = s->stride_height == 1 && s->stride_width == 1 && s->multiplier == 1;
  ck_index reach = (s->kernel_width - 1) * s->dilation_width;
  for (ck_index x = 0; x < s->in_width;) {
    ck_index first = x + s->pad_left - reach, last = x + 3 + s->pad_left;
    int four = simple && x + 4 <= s->in_width && first >= 0 && last < s->out_width;
    for (ck_index c = 0; c < s->channels; c += CK_LANES) {
      ck_index n = ck_min(CK_LANES, s->channels - c);
      if (four && n == CK_LANES) {
        depthwise_gradient_four(row, target, x, c);
      } else if (n == CK_LANES) {
        for (int i = 0; i < (four ? 4 : 1); i++) depthwise_gradient(row, target, x + i, c, CK_LANES);
      } else {
        for (int i = 0; i < (four ? 4 : 1); i++) depthwise_gradient(row, target, x + i, c, n);
      }
    }
    x += four ? 4 : 1;
  }
}
