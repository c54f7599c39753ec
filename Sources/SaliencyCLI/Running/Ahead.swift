internal import Dispatch
internal import Synchronization

/// Something that is made on another thread while the caller does something else.
///
///     let picture = Ahead { try Image(contentsOf: path) }
///     let model = try load()          // meanwhile
///     let made = try picture.value()
final class Ahead<Value: Sendable>: Sendable {
  private let made = Mutex<Result<Value, any Error>?>(nil)
  private let finished = DispatchGroup()

  /// Starts at once; what `body` throws is thrown where the value is asked for.
  init(_ body: @escaping @Sendable () throws -> Value) {
    finished.enter()
    DispatchQueue.global().async { [self] in
      let result = Result { try body() }
      made.withLock { $0 = result }
      finished.leave()
    }
  }

  /// Waits for the value.
  func value() throws -> Value {
    finished.wait()
    guard let made = made.withLock({ $0 }) else { preconditionFailure("left without a result") }
    return try made.get()
  }
}
