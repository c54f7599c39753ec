// Float32 loops of convolutional networks, NHWC, for x86-64 with AVX-512, AVX2 or neither, and portably elsewhere.
//
// What every function here keeps to:
// * It allocates nothing and remembers nothing: packed weights and workspaces belong to the caller, and a query
//   function beside each kernel says how many floats they need.
// * It decides nothing: which algorithm a layer uses is the caller's choice.
// * Each result element is one chain of fused multiply-adds in an order given by the layer's shape alone. Therefore
//   results do not depend on the number of threads, on how a batch is cut, or on the width of the vectors: AVX2 and
//   AVX-512 agree bit for bit. (The baseline level rounds products before adding them, so it differs in last bits.)
// * Shapes are the caller's to check. Sizes must be positive and fit the buffers given.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A count or an offset in elements.
typedef ptrdiff_t ck_index;

// MARK: Instruction sets

/// An instruction set the kernels are compiled for. Higher is wider.
typedef enum ck_level { CK_BASELINE = 0, CK_AVX2 = 1, CK_AVX512 = 2 } ck_level;

/// The widest level this processor has.
ck_level ck_best_level(void);

/// The level in use: at first SALIENCY_ISA (avx512, avx2 or baseline, in any case of letters) if it is set and available,
/// else the best.
ck_level ck_current_level(void);

/// Uses `level` on this thread from now on, for tests and timing; other threads are not disturbed. Returns 0 where this
/// processor lacks it, and then changes nothing.
/// Packed weights stay valid: their form is the same at every level.
int ck_set_level(ck_level level);

/// "avx512", "avx2" or "baseline".
const char *ck_level_name(ck_level level);

/// Finds the level of a name, in any case of letters. Returns 0 for any other text.
int ck_level_named(const char *name, ck_level *level);

// MARK: Threads

/// The most threads a region uses.
enum { CK_MAX_THREADS = 64 };

/// One unit of a parallel region. `worker` is below the region's thread count, and no two units run on one worker at
/// once: it is the index of a private slice of workspace.
typedef void (*ck_body)(void *context, ck_index unit, int worker);

/// Calls `body` for every unit in 0..<units, on at most `threads` threads including the caller, and returns when all
/// are done. A region started inside a unit, or while another thread's region is running, runs on its caller alone.
void ck_parallel_for(ck_index units, int threads, ck_body body, void *context);

/// The processors this process may run on.
int ck_available_processors(void);

// MARK: Epilogues

/// What happens to each result before it is stored, in this order; a zeroed value does nothing:
///
///     v += bias[c];  v = v * scale[c] + shift[c];  v += add[pixel, c];  v = min(max(v, low), high);
///     v = mask[pixel, c] > 0 && mask[pixel, c] < mask_limit ? v : 0;  v = gates[pixel, c] ? v : 0
///     v *= post_scale[c];  new_gates[pixel, c] = v > 0 && v < new_gates_limit
///
/// Forward this is bias, batch norm, residual and ReLU, and a note of where the ReLU fired; backward it is the sum of
/// gradients, the ReLU of guided backpropagation, the ReLU's own mask (its output or its input serve alike, or the note)
/// and the batch norm before it. `add` may be the output itself.
///
/// Gates are bits: bit c % 16 of gates[pixel * gates_pitch + c / 16].
typedef struct ck_epilogue {
  const float *bias;
  /// Both or neither.
  const float *scale, *shift;
  const float *add;
  /// Floats from one pixel of `add` to the next.
  ck_index add_pitch;
  /// Not 0: clamp to [low, high]. A NaN stays.
  int clamp;
  float low, high;
  const float *mask;
  ck_index mask_pitch;
  /// 0: no upper limit.
  float mask_limit;
  const uint16_t *gates;
  /// Words from one pixel of the gates to the next.
  ck_index gates_pitch;
  const float *post_scale;
  uint16_t *new_gates;
  ck_index new_gates_pitch;
  /// 0: no upper limit.
  float new_gates_limit;
} ck_epilogue;

#ifdef __cplusplus
}
#endif

#include "CKConvolution.h"
#include "CKDense.h"
#include "CKElementwise.h"
#include "CKNormalization.h"
#include "CKPooling.h"
#include "CKRandom.h"

#endif
