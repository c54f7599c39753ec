/// What is explained, before it is looked up in a model: a class, or a number made of the model's outputs.
///
/// A target is resolved for each image (`resolved(in:score:scores:)`), because the top prediction differs from image to image.
public indirect enum Target: Sendable, Hashable {
  /// The class of the given rank among the predictions: 1 is the top prediction, -1 the least likely class.
  case rank(Int)
  /// A class by its index.
  case index(Int)
  /// A class by its name.
  case label(String)
  /// One number of an output that is a map or a list, by its coordinates: `[y, x, channel]`.
  case position([Int])
  /// The value before the final softmax or sigmoid of a class or a position.
  case logit(Target)
  /// The probability of a class or a position.
  case probability(Target)
  /// -log p of a class or a position, computed from the logits: the cross-entropy loss.
  case negativeLogProbability(Target)
  /// One number of the model's output as it is: of a regression, or of a head with several labels.
  case output(Target)
  /// The first target minus `weight` times the second.
  case difference(Target, Target, weight: Float = 1)
  /// The mean of several targets.
  case mean([Target])

  /// The top prediction.
  public static let top = Target.rank(1)

  /// The class that the model thinks least likely.
  public static let least = Target.rank(-1)

  /// The indices of scores from the highest to the lowest.
  ///
  /// A total order: equal scores (0 and -0 too) keep the order of their indices, NaN comes last.
  public static func ranking(of scores: [Float]) -> [Int] {
    let numbers = scores.indices.filter { !scores[$0].isNaN }
    return numbers.sorted { (scores[$1], $0) < (scores[$0], $1) } + scores.indices.filter { scores[$0].isNaN }
  }

  /// The same target with other classes and positions.
  ///
  /// - Parameter change: Called with each rank, index, label and position.
  public func mapLeaves(
    _ change: (Target) throws(TargetError) -> Target
  ) throws(TargetError) -> Target {
    switch self {
    case .rank, .index, .label, .position: return try change(self)
    case .logit(let inner): return .logit(try inner.mapLeaves(change))
    case .probability(let inner): return .probability(try inner.mapLeaves(change))
    case .negativeLogProbability(let inner): return .negativeLogProbability(try inner.mapLeaves(change))
    case .output(let inner): return .output(try inner.mapLeaves(change))
    case .difference(let first, let second, let weight):
      return .difference(try first.mapLeaves(change), try second.mapLeaves(change), weight: weight)
    case .mean(let parts):
      var changed: [Target] = []
      for part in parts { changed.append(try part.mapLeaves(change)) }
      return .mean(changed)
    }
  }

  /// Whether a class is named, and not positions alone.
  package var namesClass: Bool {
    var found = false
    _ = try? mapLeaves { leaf in
      if case .position = leaf { return leaf }
      found = true
      return leaf
    }
    return found
  }
}
