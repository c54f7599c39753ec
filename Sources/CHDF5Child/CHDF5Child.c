#define _GNU_SOURCE
#include "CHDF5Child.h"
#include "CHDF5Walk.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_between(int first, int last) {
  if (first <= last) syscall(SYS_close_range, first, last, 0);
}

/// Leaves only the two descriptors the child needs, so that no other child's socket is held open by this one,
/// and nothing libc has to say about a corrupted heap reaches the user's terminal.
static void shed_descriptors(int file, int socket) {
  int low = file < socket ? file : socket, high = file < socket ? socket : file;
  int null = open("/dev/null", O_RDWR);
  if (null >= 0)
    for (int standard = 0; standard <= 2; standard++) dup2(null, standard);
  close_between(3, low - 1);
  close_between(low + 1, high - 1);
  syscall(SYS_close_range, high + 1, ~0U, 0);
}

/// What the process has mapped now: the limit on address space counts from there, as a fork inherits all of it.
static uint64_t mapped_bytes(void) {
  char text[128] = {0};
  int descriptor = open("/proc/self/statm", O_RDONLY);
  if (descriptor < 0) return 0;
  ssize_t count = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  return count > 0 ? strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void limit_soft(int resource, uint64_t value) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max < value ? limit.rlim_max : value;
  setrlimit(resource, &limit);
}

static void limit_processor_time(uint64_t seconds) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  limit_soft(RLIMIT_CPU, (uint64_t)used.ru_utime.tv_sec + (uint64_t)used.ru_stime.tv_sec + seconds);
}

/// Gives libhdf5 some processor time until the next sign of progress: on damaged files it can go round in circles.
void chdf5_progress(unsigned seconds) {
  struct itimerval timer = {.it_value = {.tv_sec = seconds}};
  setitimer(ITIMER_PROF, &timer, NULL);
}

static void default_signals(void) {
  static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP, SIGXCPU, SIGPROF, SIGTERM, SIGINT, SIGPIPE};
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) signal(fatal[i], SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void run_child(int file, int socket, uint64_t memory_bytes, unsigned index_seconds) {
  setsid();
  default_signals();
  shed_descriptors(file, socket);
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  uint64_t mapped = mapped_bytes();
  limit_soft(RLIMIT_AS, mapped + memory_bytes);
  limit_processor_time(index_seconds);
  chdf5_progress(1);

  struct chdf5_stream stream = {.descriptor = socket};
  hid_t opened = chdf5_write_index(&stream, file);
  if (opened >= 0) {
    uint64_t elements = 0;
    char *dataset;
    while ((dataset = chdf5_next_request(&stream, &elements))) {
      limit_processor_time(index_seconds + elements / 10000000);
      chdf5_write_dataset(&stream, opened, dataset, elements);
      free(dataset);
    }
  }
  // No exit handlers: they belong to the parent.
  _exit(0);
}

int chdf5_child_start(int file_descriptor, uint64_t memory_bytes, unsigned index_seconds, pid_t *child) {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) return -1;
  int file = fcntl(file_descriptor, F_DUPFD_CLOEXEC, 3);
  int theirs = fcntl(sockets[1], F_DUPFD_CLOEXEC, 3);
  pid_t started = file < 0 || theirs < 0 ? -1 : fork();
  if (started == 0) run_child(file, theirs, memory_bytes, index_seconds);
  int failure = errno;
  if (file >= 0) close(file);
  if (theirs >= 0) close(theirs);
  close(sockets[1]);
  if (started < 0) {
    close(sockets[0]);
    errno = failure;
    return -1;
  }
  *child = started;
  return sockets[0];
}

int chdf5_child_end(pid_t child) {
  // A child that died on its own is a zombie: the kill does nothing to it, and its own signal is what is reported.
  kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return 0;
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
