// Layer normalisation and softmax over rows.
#ifndef CK_NORMALIZATION_H
#define CK_NORMALIZATION_H

#include "CKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// out = (in - mean) / sqrt(variance + epsilon) * gamma + beta for each row of `size` floats, with its own mean and variance;
/// `gamma` and `beta` are `size` floats, or null for 1 and 0. Statistics are in double precision. `out` may be `in`.
void ck_layer_norm_forward(
    ck_index rows, ck_index size, const float *in, const float *gamma, const float *beta, double epsilon, float *out,
    int threads);

/// `gradient` at the output to gradient at the input `in`. `out` may be `gradient`.
void ck_layer_norm_backward(
    ck_index rows, ck_index size, const float *gradient, const float *in, const float *gamma, double epsilon,
    float *out, int threads);

/// out = exp(in) / sum(exp(in)) for each row of `size` floats. `out` may be `in`.
void ck_softmax_forward(ck_index rows, ck_index size, const float *in, float *out, int threads);

/// `gradient` at the output `softmax` to gradient at the input. `out` may be `gradient`.
void ck_softmax_backward(
    ck_index rows, ck_index size, const float *gradient, const float *softmax, float *out, int threads);

#ifdef __cplusplus
}
#endif
#endif
