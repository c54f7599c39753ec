// Which instruction set is in use.
#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>

#include "kernels/Table.h"

static _Atomic(const ck_table *) current;
/// What `ck_set_level` chose on this thread. A region takes its caller's choice along to the helpers.
static _Thread_local const ck_table *own;

static const ck_table *table_of(ck_level level) {
#if defined(__x86_64__)
  if (level == CK_AVX512) return &ck_table_avx512;
  if (level == CK_AVX2) return &ck_table_avx2;
#endif
  return level == CK_BASELINE ? &ck_table_baseline : NULL;
}

ck_level ck_best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return CK_AVX512;
  if (avx2) return CK_AVX2;
#endif
  return CK_BASELINE;
}

const char *ck_level_name(ck_level level) {
  switch (level) {
    case CK_AVX512: return "avx512";
    case CK_AVX2: return "avx2";
    default: return "baseline";
  }
}

int ck_level_named(const char *name, ck_level *level) {
  for (int i = CK_BASELINE; i <= CK_AVX512; i++) {
    if (strcasecmp(name, ck_level_name((ck_level)i)) != 0) continue;
    *level = (ck_level)i;
    return 1;
  }
  return 0;
}

/// SALIENCY_ISA lowers the best level. A program refuses a name that is unknown (`Execution.checkEnvironment`).
static ck_level initial_level(void) {
  ck_level best = ck_best_level(), wanted;
  const char *name = getenv("SALIENCY_ISA");
  return name && ck_level_named(name, &wanted) && wanted <= best ? wanted : best;
}

const ck_table *ck_kernels(void) {
  if (own) return own;
  const ck_table *table = atomic_load_explicit(&current, memory_order_acquire);
  if (table) return table;
  const ck_table *initial = table_of(initial_level());
  // Where another thread was first, `table` becomes its choice.
  return atomic_compare_exchange_strong(&current, &table, initial) ? initial : table;
}

ck_level ck_current_level(void) { return ck_kernels()->level; }

int ck_set_level(ck_level level) {
  if (level > ck_best_level() || !table_of(level)) return 0;
  own = table_of(level);
  return 1;
}
