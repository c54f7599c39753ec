internal import SaliencyCore

/// Which methods are applied to a model.
enum MethodSelection {
  /// These, whether they suit the model or not: one that does not is an error in its place.
  case named([any SaliencyMethod])
  /// Those that suit the model, with as many of `instead` as are needed to replace the others.
  case suitable([any SaliencyMethod], instead: [any SaliencyMethod])

  /// Every method that may be applied.
  var all: [any SaliencyMethod] {
    switch self {
    case .named(let methods): methods
    case .suitable(let usual, let others): usual + others
    }
  }

  /// The methods for a model, and those that were left out.
  func methods(for model: Model) -> (applied: [any SaliencyMethod], leftOut: [LeftOutMethod]) {
    switch self {
    case .named(let methods): return (methods, [])
    case .suitable(let usual, let others):
      let leftOut = usual.compactMap { LeftOutMethod($0, model) }
      let suitable = usual.filter { $0.isSuitable(for: model) }
      // If none is left, each one's reason is the answer.
      guard !suitable.isEmpty else { return (usual, []) }
      let instead = others.filter { $0.isSuitable(for: model) }.prefix(leftOut.count)
      return (suitable + instead, leftOut)
    }
  }
}

/// A usual method that does not suit the model.
struct LeftOutMethod: Encodable {
  let method: String
  let title: String
  let reason: String

  /// Nil if the method suits the model.
  init?(_ method: any SaliencyMethod, _ model: Model) {
    guard let reason = method.unsuitability(for: model) else { return nil }
    let descriptor = type(of: method).descriptor
    self.method = descriptor.identifier
    title = descriptor.title
    self.reason = reason
  }
}

extension [LeftOutMethod] {
  /// One line for each; empty if there is none.
  var text: String { map { "\n\($0.method) was left out: \($0.reason)" }.joined() }
}
