package import SaliencyCore

/// Which classes are explained.
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
  /// A number as it is written: an index, unless it is the name of another class, which is an error.
  case number(Int)

  /// The top prediction.
  public static let top = TargetChoice.rank(1)

  /// A target as it is written: `top`, `top3`, `least`, `truth`, `annotated`, an index, or a label; `index:4`, `label:4`
  /// and `rank:4` say which of them is meant.
  public init(parsing text: String) {
    switch text.lowercased() {
    case "truth", "ground-truth": self = .truth
    case "annotated", "every-annotated": self = .annotated
    default:
      if let number = Int(text) {
        self = .number(number)
        return
      }
      switch Target(parsing: text) {
      case .rank(let rank): self = .rank(rank)
      case .index(let index): self = .index(index)
      case .label(let label): self = .label(label)
      }
    }
  }
}

extension TargetChoice {
  /// The target that is the same for every image; nil for `truth` and `annotated`.
  ///
  /// - Throws: `TargetError.ambiguous` for a number that is also the name of another class.
  package func target(labels: [String]?) throws(TargetError) -> Target? {
    switch self {
    case .rank(let rank): .rank(rank)
    case .index(let index): .index(index)
    case .label(let label): .label(label)
    case .number(let number): try Target(parsing: "\(number)", labels: labels)
    case .truth, .annotated: nil
    }
  }
}

extension TargetChoice: CustomStringConvertible {
  /// The text in the experiment.
  public var description: String {
    switch self {
    case .rank(1): "top"
    case .rank(-1): "least"
    case .rank(let rank): "top\(rank)"
    case .truth: "truth"
    case .annotated: "annotated"
    case .index(let index): Target.index(index).spelling
    case .label(let label): TargetChoice(parsing: label) == self ? label : Target.label(label).spelling
    case .number(let number): "\(number)"
    }
  }
}
