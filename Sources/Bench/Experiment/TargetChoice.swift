internal import SaliencyCore

/// Which classes are asked about.
public enum TargetChoice: Sendable, Hashable {
  /// The class of a rank among the predictions, for every image.
  case rank(Int)
  /// The class the image was labelled with, or of its only annotated object.
  case truth
  /// Every class that the image has an annotated object of.
  case annotated
  /// One class, for every image.
  case index(Int)
  case label(String)

  /// The top prediction.
  public static let top = TargetChoice.rank(1)

  /// The target that it is for every image alike; nil where the data set decides.
  var target: Target? {
    switch self {
    case .rank(let rank): .rank(rank)
    case .index(let index): .index(index)
    case .label(let label): .label(label)
    case .truth, .annotated: nil
    }
  }

  /// A target as it is written: `top`, `top3`, `least`, `truth`, `annotated`, an index, or a label.
  public init(parsing text: String) {
    switch text.lowercased() {
    case "truth", "ground-truth": self = .truth
    case "annotated", "every-annotated": self = .annotated
    default:
      switch Target(parsing: text) {
      case .rank(let rank): self = .rank(rank)
      case .index(let index): self = .index(index)
      case .label(let label): self = .label(label)
      }
    }
  }
}

extension TargetChoice: CustomStringConvertible {
  /// As it is written.
  public var description: String {
    switch self {
    case .rank(1): "top"
    case .rank(-1): "least"
    case .rank(let rank): "top\(rank)"
    case .truth: "truth"
    case .annotated: "annotated"
    case .index(let index): "\(index)"
    case .label(let label): label
    }
  }
}
