// The public face of convolutions and matrix products: one algorithm or another.
#include "Plan.h"

static ck_index winograd_size(ck_algorithm algorithm) { return algorithm == CK_WINOGRAD4 ? 6 : 4; }

int ck_conv_supports(const ck_conv *c, ck_direction d, ck_algorithm algorithm) {
  switch (algorithm) {
    case CK_DIRECT: return 1;
    case CK_SCATTER:
    case CK_DIRECT_TURNED: return d == CK_BACKWARD_DATA && c->groups == 1;
    case CK_WINOGRAD2_TURNED:
      if (d != CK_BACKWARD_DATA) return 0;
      // As the others:
    case CK_WINOGRAD2:
    case CK_WINOGRAD4:
      return c->kernel_height == 3 && c->kernel_width == 3 && c->stride_height == 1 && c->stride_width == 1 &&
             c->dilation_height == 1 && c->dilation_width == 1 && c->groups == 1;
  }
  return 0;
}

int ck_conv_takes_gates(const ck_conv *c, ck_direction d) {
  return c->groups == 1 || ck_conv_result(c, d).channels / c->groups % CK_LANES == 0;
}

ck_index ck_conv_packed_size(const ck_conv *c, ck_direction d, ck_algorithm algorithm) {
  switch (algorithm) {
    case CK_DIRECT: return ck_direct_packed_size(c, d);
    case CK_SCATTER: return ck_scatter_packed_size(c);
    case CK_DIRECT_TURNED: return ck_direct_packed_size(c, CK_FORWARD);
    case CK_WINOGRAD2_TURNED: return ck_winograd_packed_size(c, CK_FORWARD, 4);
    default: return ck_winograd_packed_size(c, d, winograd_size(algorithm));
  }
}

void ck_conv_pack(
    const ck_conv *c, ck_direction d, ck_algorithm algorithm, const float *filter, float *packed, int threads) {
  switch (algorithm) {
    case CK_DIRECT: ck_direct_pack(c, d, filter, packed, threads); break;
    case CK_SCATTER: ck_scatter_pack(c, filter, packed); break;
    case CK_DIRECT_TURNED: ck_direct_pack(c, CK_FORWARD, filter, packed, threads); break;
    case CK_WINOGRAD2_TURNED: ck_winograd_pack(c, CK_FORWARD, 4, filter, packed, threads); break;
    default: ck_winograd_pack(c, d, winograd_size(algorithm), filter, packed, threads);
  }
}

void ck_conv_turn(const ck_conv *c, ck_algorithm algorithm, const float *forward, float *packed, int threads) {
  if (algorithm == CK_WINOGRAD2) {
    ck_turn_winograd(c, forward, packed, threads);
    return;
  }
  ck_index panels = ck_divide_up(c->in_channels, CK_LANES);
  for (ck_index i = 0; i < ck_phase_count(c, CK_BACKWARD_DATA); i++) {
    ck_phase phase = ck_phase_make(c, CK_BACKWARD_DATA, i);
    if (phase.depth > 0) ck_turn_direct(c, &phase, 0, panels, forward, packed + phase.packed_first, threads);
  }
}

void ck_conv_unpack(const ck_conv *c, const float *packed, float *filter, int threads) {
  ck_direct_unpack(c, packed, filter, threads);
}

ck_index ck_conv_workspace_size(
    const ck_conv *c, ck_direction d, ck_algorithm algorithm, ck_index batch, int threads) {
  switch (algorithm) {
    case CK_DIRECT: return ck_direct_workspace_size(c, d, batch, 0);
    case CK_DIRECT_TURNED: return ck_direct_workspace_size(c, d, batch, 1);
    case CK_SCATTER: return ck_scatter_workspace_size(c, threads);
    default:
      return ck_winograd_workspace_size(
          c, d, winograd_size(algorithm), batch, algorithm == CK_WINOGRAD2_TURNED, threads);
  }
}

void ck_conv_run(
    const ck_conv *c, ck_direction d, ck_algorithm algorithm, ck_index batch, const float *in, ck_index in_pitch,
    const float *packed, const ck_epilogue *epilogue, float *out, ck_index out_pitch, float *workspace,
    int threads) {
  ck_image result = ck_conv_result(c, d);
  ck_target target = ck_target_make(out, out_pitch, result.channels, epilogue);
  target.streams = c->groups == 1 && ck_streams(out, batch * result.height * result.width, out_pitch, result.channels);
  switch (algorithm) {
    case CK_DIRECT:
    case CK_DIRECT_TURNED: {
      int turned = algorithm == CK_DIRECT_TURNED;
      ck_direct_run(c, d, batch, in, in_pitch, packed, turned, &target, workspace, threads);
      break;
    }
    case CK_SCATTER: ck_scatter_run(c, batch, in, in_pitch, packed, &target, workspace, threads); break;
    default:
      ck_winograd_run(
          c, d, winograd_size(algorithm), batch, in, in_pitch, packed, algorithm == CK_WINOGRAD2_TURNED, &target,
          workspace, threads);
  }
}

// MARK: Matrix product

ck_index ck_gemm_packed_size(ck_index rows, ck_index columns) { return ck_round_up(columns, CK_LANES) * rows; }

void ck_gemm_pack(
    ck_index rows, ck_index columns, const float *matrix, ck_index row_stride, ck_index column_stride,
    float *packed) {
  for (ck_index first = 0; first < columns; first += CK_LANES) {
    ck_index n = ck_min(CK_LANES, columns - first);
    for (ck_index r = 0; r < rows; r++, packed += CK_LANES) {
      for (ck_index c = 0; c < n; c++) packed[c] = matrix[r * row_stride + (first + c) * column_stride];
      for (ck_index c = n; c < CK_LANES; c++) packed[c] = 0;
    }
  }
}

void ck_gemm_run(
    ck_index m, ck_index k, ck_index n, const float *in, ck_index in_pitch, const float *packed,
    const ck_epilogue *epilogue, float *out, ck_index out_pitch, int threads) {
  ck_grid grid = {
      .in = in, .batch = 1, .rows = 1, .columns = m, .in_column = in_pitch, .out_column = 1,
      .taps = {1, 1, k, 0, 0}, .packed = packed, .panel_stride = k * CK_LANES, .panels = ck_divide_up(n, CK_LANES),
      .target = ck_target_make(out, out_pitch, n, epilogue)};
  ck_grid_run(&grid, threads);
}
