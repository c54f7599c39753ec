/// How far back from the score methods look at a network.
///
/// What nobody will look at need not be kept: a pass whose results go as soon as they are read writes to memory that the
/// caches still hold. It changes no answer, for whatever is asked for after all is computed again.
public enum Reach: Sendable, Hashable, Comparable {
  /// As far as the question's layer.
  case layer
  /// To the pixels.
  case pixels

  /// The nodes at which reading back ends; nil where it goes to the inputs.
  func end(at layer: NodeID?) -> [NodeID]? { self == .layer ? layer.map { [$0] } : nil }
}
