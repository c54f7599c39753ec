internal import Dispatch
internal import Support
internal import Synchronization

/// A value that is computed on another thread.
///
///     let image = BackgroundValue { try Image(contentsOf: path) }
///     let model = try load()
///     let decoded = try image.value()
package final class BackgroundValue<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)
  private let finished = DispatchGroup()

  /// Starts the computation, on this thread if the system starts no other.
  ///
  /// `value()` throws what `body` throws.
  package init(_ body: @escaping @Sendable () throws -> Value) {
    finished.enter()
    let work: @Sendable () -> Void = { [self] in
      let value = Result { try body() }
      result.withLock { $0 = value }
      finished.leave()
    }
    if !WorkerThread.start(work) { work() }
  }

  /// Waits for the value.
  package func value() throws -> Value {
    finished.wait()
    guard let value = result.withLock({ $0 }) else { preconditionFailure("left without a result") }
    return try value.get()
  }
}
