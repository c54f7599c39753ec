internal import Foundation
internal import Synchronization

extension Execution {
  private static let exits = Atomic<Bool>(false)

  /// Whether the process exits with code 1 and one line on standard error if memory for a pass cannot be allocated; by default
  /// it traps.
  ///
  /// A pass cannot throw in the middle of a layer. Memory whose size a file states is no such case: it is an error.
  package static var exitsWithoutMemory: Bool {
    get { exits.load(ordering: .relaxed) }
    set { exits.store(newValue, ordering: .relaxed) }
  }

  static func memoryIsExhausted(_ bytes: Int) -> Never {
    guard exitsWithoutMemory else { preconditionFailure("out of memory: a buffer of \(bytes) bytes") }
    MemoryLimit.exit()
  }
}

/// A limit of the process's memory (`ulimit -v`, `ulimit -d`).
package enum MemoryLimit {
  /// Whether there is one.
  package static var exists: Bool {
    [__rlimit_resource_t(RLIMIT_AS.rawValue), __rlimit_resource_t(RLIMIT_DATA.rawValue)].contains {
      resource in
      var limit = rlimit()
      return getrlimit(resource, &limit) == 0 && limit.rlim_cur != rlim_t.max
    }
  }

  /// Ends the process with one line on standard error and code 1 where it would trap because memory is exhausted.
  ///
  /// The Swift runtime and C++ trap if they cannot allocate, whatever they allocate for. A trap for another reason ends the process
  /// by its signal, without a backtrace.
  package static func replaceTraps() {
    for signal in trapSignals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { signal in
        let code = errno
        if code == ENOMEM || MemoryLimit.isReached { MemoryLimit.exit() }
        // The instruction that trapped runs again when this returns, and `abort` raises its signal again.
        var standard = sigaction()
        standard.__sigaction_handler.sa_handler = SIG_DFL
        sigaction(signal, &standard, nil)
      }
      sigaction(signal, &action, nil)
    }
  }

  private static var trapSignals: [Int32] { [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS] }

  /// Whether 64 MB more cannot be mapped.
  private static var isReached: Bool {
    let bytes = 64 << 20
    guard let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { return true }
    munmap(start, bytes)
    return false
  }

  /// Prints the error and ends the process; allocates nothing.
  fileprivate static func exit() -> Never {
    let line: StaticString =
      "error: out of memory. Try a smaller input or batch, or raise the memory limit (ulimit -v)\n"
    _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
    // Without exit handlers: other threads are in the middle of their work.
    _exit(1)
  }
}
