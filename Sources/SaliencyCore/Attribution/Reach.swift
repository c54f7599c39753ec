/// How much of a forward pass a method reads, which decides what the pass saves.
///
/// Values that no method reads need not be saved. Results do not depend on it: a value that is read nevertheless is computed
/// again.
public enum Reach: Sendable, Hashable, Comparable {
  /// Gradients and values from the request's layer on.
  case layer
  /// Gradients at the pixels: of a ReLU they read its mask alone.
  case pixels
  /// The values of all layers, or the gradients of parameters. Values between layers that run as one kernel are
  /// computed again when they are read.
  case values
  /// The values of all layers, each saved: what comparing two passes, or splitting a sum by its inputs, reads.
  case everything

  /// What passing signals back to the pixels by rules reads.
  public init(_ reads: RuleReads) {
    switch reads {
    case .signal: self = .pixels
    case .values: self = .values
    }
  }

  /// The nodes whose values are saved for certain, given those that always are.
  func outputs(_ outputs: [NodeID], in model: Model) -> [NodeID] {
    guard self == .everything else { return outputs }
    let isNeeded = model.graph.ancestors(of: outputs)
    return model.graph.nodes.map(\.id).filter { isNeeded[$0.index] }
  }

  /// The nodes at which backward passes end; nil if all values are read.
  func end(at layer: NodeID?, in model: Model) -> [NodeID]? {
    switch self {
    case .layer: [layer ?? model.input]
    case .pixels: [model.input]
    case .values, .everything: nil
    }
  }
}
