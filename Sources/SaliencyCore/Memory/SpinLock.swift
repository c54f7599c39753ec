internal import Synchronization

/// A lock around a value for sections of about a microsecond, taken thousands of times a second by every thread.
///
/// `Mutex` suspends a thread that finds the lock taken, and resuming it takes longer than the section: two threads that run
/// different networks then spend their time passing the lock. Here a thread first tries again for as long as some sections
/// take, and is suspended only after that, because the owner may itself be suspended.
struct SpinLock<Value: Sendable>: ~Copyable, Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) { mutex = Mutex(value) }

  /// How often a taken lock is tried before the thread is suspended.
  private static var attempts: Int { 200 }

  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    for _ in 0..<Self.attempts {
      if let result = mutex.withLockIfAvailable({ body(&$0) }) { return result }
    }
    return mutex.withLock { body(&$0) }
  }
}
