import Synchronization

/// Results that several metric values share, each computed once: predictions for perturbed images that do not depend on
/// the map, randomised models.
///
/// Sharing saves time and never changes a result: what is kept must be a function of its key and of what the store is
/// for (one request, or one model).
public final class SharedWork: Sendable {
  private final class Slot: Sendable {
    let content = Mutex<(any Sendable)?>(nil)
  }

  private let slots = Mutex<[String: Slot]>([:])

  public init() {}

  /// The value of a key, computed on first use; other threads that need it wait.
  ///
  /// - Parameter key: Names the result, with every parameter it depends on.
  public func value<Value: Sendable>(for key: String, make: () throws -> Value) rethrows -> Value {
    let slot = slots.withLock { slots in
      if let slot = slots[key] { return slot }
      let slot = Slot()
      slots[key] = slot
      return slot
    }
    return try slot.content.withLock { content in
      if let present = content as? Value { return present }
      let value = try make()
      content = value
      return value
    }
  }
}
