internal import Dispatch
internal import Support
internal import Synchronization

/// Something that is made on another thread while the caller does something else.
///
///     let picture = Ahead { try Image(contentsOf: path) }
///     let model = try load()          // meanwhile
///     let made = try picture.value()
final class Ahead<Value: Sendable>: Sendable {
  private let made = Mutex<Result<Value, any Error>?>(nil)
  private let finished = DispatchGroup()

  /// Starts at once, on this thread if the system starts no other; what `body` throws is thrown by `value()`.
  init(_ body: @escaping @Sendable () throws -> Value) {
    finished.enter()
    let work: @Sendable () -> Void = { [self] in
      let result = Result { try body() }
      made.withLock { $0 = result }
      finished.leave()
    }
    if !WorkerThread.start(work) { work() }
  }

  /// Waits for the value.
  func value() throws -> Value {
    finished.wait()
    guard let made = made.withLock({ $0 }) else { preconditionFailure("left without a result") }
    return try made.get()
  }
}
