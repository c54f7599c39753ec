// A small pool of threads for regions of 20 microseconds to 100 milliseconds.
//
// Why not libdispatch: `concurrentPerform` takes about 45 microseconds to wake its worker, longer than most layers of
// a small network last. Here helpers look for the next region for a while before they sleep, because within a network
// the next one is near. The while is bounded: on a machine shared with other work, endless spinning loses.
//
// Claiming: `state` holds (region number, units left, units claimed from the front). A unit is claimed by compare-and-swap
// on all of it, so a helper that wakes late, with a region that is over, either finds 0 left or fails to swap, and does no
// harm. The fields of a region only change while 0 units are left, so a swap that succeeds proves that the fields read
// before it were current.
//
// Every other worker claims from the back. Units follow the rows of an image, and one layer reads what the last one
// wrote: so that each of two processors finds most of it in its own second-level cache.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "CKernels.h"

enum { SPIN_NANOSECONDS = 80000 };

static struct {
  _Atomic uint64_t state;
  _Atomic int64_t finished;
  // The region's first unit.
  _Atomic int64_t first;
  _Atomic int threads;
  _Atomic(ck_body) body;
  _Atomic(void *) context;
  // Who may start a region.
  atomic_flag busy;
  // Sleeping.
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  _Atomic int sleepers;
  // Helpers started so far; changed only by the holder of `busy`.
  int helpers;
} pool = {.busy = ATOMIC_FLAG_INIT, .mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static _Thread_local int inside_region = 0;

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  atomic_signal_fence(memory_order_seq_cst);
#endif
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

enum { UNIT_BITS = 20, MOST_UNITS = (1 << UNIT_BITS) - 1 };

static ck_index units_left(uint64_t state) { return (ck_index)(state >> UNIT_BITS & MOST_UNITS); }
static ck_index claimed_in_front(uint64_t state) { return (ck_index)(state & MOST_UNITS); }

/// Runs units of the current region as `worker` until none is left.
static void work(int worker) {
  uint64_t from_back = worker & 1;
  for (;;) {
    uint64_t state = atomic_load_explicit(&pool.state, memory_order_acquire);
    ck_index left = units_left(state), front = claimed_in_front(state);
    if (left == 0) return;
    int threads = atomic_load_explicit(&pool.threads, memory_order_relaxed);
    ck_index first = atomic_load_explicit(&pool.first, memory_order_relaxed);
    ck_body body = atomic_load_explicit(&pool.body, memory_order_relaxed);
    void *context = atomic_load_explicit(&pool.context, memory_order_relaxed);
    if (worker >= threads) return;
    uint64_t next = state - ((uint64_t)1 << UNIT_BITS) + (from_back ? 0 : 1);
    if (!atomic_compare_exchange_weak_explicit(
            &pool.state, &state, next, memory_order_acq_rel, memory_order_relaxed))
      continue;
    body(context, first + (from_back ? front + left - 1 : front), worker);
    atomic_fetch_add_explicit(&pool.finished, 1, memory_order_release);
  }
}

static int wanted(int worker) {
  return units_left(atomic_load_explicit(&pool.state, memory_order_acquire)) > 0 &&
         worker < atomic_load_explicit(&pool.threads, memory_order_relaxed);
}

static void *help(void *argument) {
  int worker = (int)(intptr_t)argument;
  inside_region = 1;
  for (;;) {
    int64_t deadline = now() + SPIN_NANOSECONDS;
    int found = 0;
    while (!(found = wanted(worker))) {
      for (int i = 0; i < 16; i++) relax();
      if (now() > deadline) break;
    }
    if (!found) {
      pthread_mutex_lock(&pool.mutex);
      atomic_fetch_add(&pool.sleepers, 1);
      while (!wanted(worker)) pthread_cond_wait(&pool.wake, &pool.mutex);
      atomic_fetch_sub(&pool.sleepers, 1);
      pthread_mutex_unlock(&pool.mutex);
    }
    work(worker);
  }
  return NULL;
}

static void start_helpers(int count) {
  while (pool.helpers < count) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&thread, &attributes, help, (void *)(intptr_t)(pool.helpers + 1));
    pthread_attr_destroy(&attributes);
    // Fewer helpers only means slower: the caller does what nobody else claims.
    if (failed) return;
    pool.helpers++;
  }
}

/// Runs units [first, first + units).
static void run_shared(ck_index first, ck_index units, int threads, ck_body body, void *context) {
  start_helpers(threads - 1);
  atomic_store_explicit(&pool.first, first, memory_order_relaxed);
  atomic_store_explicit(&pool.threads, threads, memory_order_relaxed);
  atomic_store_explicit(&pool.body, body, memory_order_relaxed);
  atomic_store_explicit(&pool.context, context, memory_order_relaxed);
  atomic_store_explicit(&pool.finished, 0, memory_order_relaxed);
  uint64_t region = (atomic_load_explicit(&pool.state, memory_order_relaxed) >> 2 * UNIT_BITS) + 1;
  // Sequentially consistent against a helper that counts itself a sleeper and then looks: one of the two sees the other.
  atomic_store(&pool.state, region << 2 * UNIT_BITS | (uint64_t)units << UNIT_BITS);
  if (atomic_load(&pool.sleepers) > 0) {
    pthread_mutex_lock(&pool.mutex);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.mutex);
  }
  inside_region = 1;
  work(0);
  inside_region = 0;
  int64_t deadline = now() + SPIN_NANOSECONDS;
  while (atomic_load_explicit(&pool.finished, memory_order_acquire) < units) {
    for (int i = 0; i < 16; i++) relax();
    if (now() > deadline) sched_yield();
  }
}

void ck_parallel_for(ck_index units, int threads, ck_body body, void *context) {
  if (threads > CK_MAX_THREADS) threads = CK_MAX_THREADS;
  if ((ck_index)threads > units) threads = (int)units;
  int alone = threads < 2 || inside_region;
  if (alone || atomic_flag_test_and_set_explicit(&pool.busy, memory_order_acquire)) {
    for (ck_index unit = 0; unit < units; unit++) body(context, unit, 0);
    return;
  }
  for (ck_index first = 0; first < units; first += MOST_UNITS) {
    ck_index left = units - first;
    run_shared(first, left < MOST_UNITS ? left : MOST_UNITS, threads, body, context);
  }
  atomic_flag_clear_explicit(&pool.busy, memory_order_release);
}

int ck_available_processors(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}
