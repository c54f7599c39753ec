/// How much of a forward pass a method reads, which decides what the pass saves.
///
/// Values that no method reads need not be saved. Results do not depend on it: a value that is read nevertheless is computed
/// again.
public enum Reach: Sendable, Hashable, Comparable {
  /// Gradients and values from the request's layer on.
  case layer
  /// Gradients at the pixels: of a ReLU they read its mask alone.
  case pixels
  /// The values of all layers, or the gradients of parameters.
  case values

  /// What passing signals back to the pixels by rules reads.
  public init(_ reads: RuleReads) {
    switch reads {
    case .signal: self = .pixels
    case .values: self = .values
    }
  }

  /// The nodes at which backward passes end; nil if all values are read.
  func end(at layer: NodeID?, in model: Model) -> [NodeID]? {
    switch self {
    case .layer: [layer ?? model.input]
    case .pixels: [model.input]
    case .values: nil
    }
  }
}
