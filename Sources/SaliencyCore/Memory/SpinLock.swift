internal import Synchronization

/// A lock around a value for sections of about a microsecond, taken thousands of times a second by every thread.
///
/// `Mutex` puts a thread to sleep that meets another at its door, and waking it takes longer than the section: two threads that
/// work on networks of their own then spend their time handing the lock over. So a thread first tries again for as long as some
/// sections take, and sleeps only where that does not help, for the one inside may itself have been put off the processor.
struct SpinLock<Value: Sendable>: ~Copyable, Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) { mutex = Mutex(value) }

  /// How often a closed door is tried before a thread goes to sleep.
  private static var attempts: Int { 200 }

  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    for _ in 0..<Self.attempts {
      if let result = mutex.withLockIfAvailable({ body(&$0) }) { return result }
    }
    return mutex.withLock { body(&$0) }
  }
}
