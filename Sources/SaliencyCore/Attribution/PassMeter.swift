import Synchronization

/// A number of passes through the network, in images.
public struct Passes: Sendable, Hashable, Codable {
  public var forward: Int
  /// Backward passes, in images.
  public var backward: Int

  public init(forward: Int = 0, backward: Int = 0) {
    self.forward = forward
    self.backward = backward
  }
}

/// Counts passes from any thread.
final class PassMeter: Sendable {
  private let passes = Mutex(Passes())

  var total: Passes { passes.withLock(\.self) }

  func add(forward: Int = 0, backward: Int = 0) {
    passes.withLock {
      $0.forward += forward
      $0.backward += backward
    }
  }
}
