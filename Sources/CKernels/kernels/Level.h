// The inner loops of one instruction set. Each Level*.c defines LEVEL_TABLE, LEVEL_NUMBER, LEVEL_ROWS, LEVEL_PANELS,
// LEVEL_HAS_FMA and LEVEL_MASKS (bits of the registers that can be loaded in part), and includes this file once.
//
// A sum must be the same at every level with fused multiply-add: the compiler may not fuse on its own.
#pragma STDC FP_CONTRACT OFF
// Vectors are only passed between functions that are inlined, so how a call would pass them does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

#include "Vector.h"

#include "Epilogue.h"

#include "Activation.h"
#include "Wide.h"
#include "Gelu.h"
#include "Normalization.h"
#include "Softmax.h"
#include "Depthwise.h"
#include "Dense.h"
#include "Elementwise.h"
#include "Few.h"
#include "Fingerprint.h"
#include "Multiply.h"
#include "Pooling.h"
#include "Runs.h"
#include "Turn.h"
#include "Winograd.h"

#include "Random.h"

const ck_table LEVEL_TABLE = {
    .level = LEVEL_NUMBER,
    .multiply = multiply,
    .multiply_frequencies = multiply_frequencies,
    .turn = turn,
    .fingerprints = fingerprints,
    .winograd_filter = winograd_filter,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .depthwise_forward = depthwise_forward,
    .depthwise_backward = depthwise_backward,
    .dense_forward = dense_forward,
    .dense_backward = dense_backward,
    .max_pool_forward = max_pool_forward,
    .max_pool_backward = max_pool_backward,
    .average_pool_forward = average_pool_forward,
    .average_pool_backward = average_pool_backward,
    .sum_rows = sum_rows,
    .sum_products = sum_products,
    .normals = normals,
    .spread = spread,
    .add_runs = add_runs,
    .map = map_pixels,
    .binary = binary,
    .scale = scale,
    .normalize = normalize,
    .normalize_backward = normalize_backward,
    .softmax = softmax,
    .softmax_backward = softmax_backward,
};

#pragma clang diagnostic pop
