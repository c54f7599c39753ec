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
    let megabytes = (bytes + 999_999) / 1_000_000
    let line =
      "error: out of memory: a buffer of \(megabytes) MB cannot be allocated. Try a smaller input or batch, or raise "
      + "the memory limit (ulimit -v)\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    // Without exit handlers: other threads are in the middle of their work.
    _exit(1)
  }
}
