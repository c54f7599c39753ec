/// How far back from the score methods look at a network.
///
/// What nobody will look at need not be kept: a pass whose results go as soon as they are read writes to memory that the
/// caches still hold. It changes no answer, for whatever is asked for after all is computed again.
public enum Reach: Sendable, Hashable, Comparable {
  /// As far as the question's layer.
  case layer
  /// To the pixels, by gradients: of a rectifier they read no more than where it let its input through.
  case pixels
  /// To the pixels, and at the values of all layers on the way, or at the gradients of their parameters.
  case values

  /// The nodes at which reading back ends; nil where all values are looked at.
  func end(at layer: NodeID?, in model: Model) -> [NodeID]? {
    switch self {
    case .layer: [layer ?? model.input]
    case .pixels: [model.input]
    case .values: nil
    }
  }
}
