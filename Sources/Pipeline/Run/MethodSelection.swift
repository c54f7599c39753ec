public import SaliencyCore

/// The methods of a run.
public enum MethodSelection: Sendable {
  /// These methods, whether they suit the model or not. One that does not has an error as its result.
  case named([any SaliencyMethod])
  /// Those that suit the model, and as many of `instead` as are needed to replace the others.
  case suitable([any SaliencyMethod], instead: [any SaliencyMethod])

  /// Every method that may be applied.
  public var all: [any SaliencyMethod] {
    switch self {
    case .named(let methods): methods
    case .suitable(let usual, let others): usual + others
    }
  }

  /// The methods for a model, and the usual methods that are left out.
  public func methods(
    for model: Model
  ) -> (applied: [any SaliencyMethod], unsuitable: [UnsuitableMethod]) {
    switch self {
    case .named(let methods): return (methods, [])
    case .suitable(let usual, let others):
      let unsuitable = usual.compactMap { UnsuitableMethod($0, model) }
      let suitable = usual.filter { $0.isSuitable(for: model) }
      // If none is left, the reason of each is shown in its place.
      guard !suitable.isEmpty else { return (usual, []) }
      let instead = others.filter { $0.isSuitable(for: model) }.prefix(unsuitable.count)
      return (suitable + instead, unsuitable)
    }
  }
}

/// A usual method that does not suit the model.
public struct UnsuitableMethod: Sendable, Encodable {
  /// The method's identifier.
  public let method: String
  /// The method's title.
  public let title: String
  /// Why the method does not apply.
  public let reason: String

  /// Nil if the method suits the model.
  init?(_ method: any SaliencyMethod, _ model: Model) {
    guard let reason = method.unsuitability(for: model) else { return nil }
    let descriptor = type(of: method).descriptor
    self.method = descriptor.identifier
    title = descriptor.title
    self.reason = reason
  }
}

extension [UnsuitableMethod] {
  /// One line for each, with a line end before it; empty if there is none.
  package var text: String { map { "\n\($0.method) was left out: \($0.reason)" }.joined() }
}
