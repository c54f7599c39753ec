package import SaliencyCore

/// What is explained, as an experiment names it.
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
  /// A function of targets as it is written: `difference(boxer, top2)`. In it `truth` is the class that the image was labelled
  /// with.
  case function(String)

  /// The top prediction.
  public static let top = TargetChoice.rank(1)

  /// A target as it is written: `top`, `top3`, `least`, `truth`, `annotated`, an index, or a label; `index:4`, `label:4`
  /// and `rank:4` say which of them is meant; or a function of these (`Target`).
  public init(parsing text: String) {
    switch text.lowercased() {
    case "truth", "ground-truth": self = .truth
    case "annotated", "every-annotated": self = .annotated
    default:
      if let number = Int(text) {
        self = .number(number)
        return
      }
      if Target.isFunction(text) {
        self = .function(text)
        return
      }
      switch Target(parsing: text) {
      case .rank(let rank): self = .rank(rank)
      case .index(let index): self = .index(index)
      default: self = .label(text.hasPrefix("label:") ? String(text.dropFirst("label:".count)) : text)
      }
    }
  }
}

extension TargetChoice {
  /// Whether the data set decides what is explained.
  var needsTruth: Bool {
    switch self {
    case .truth, .annotated: true
    case .function(let text): Target(parsing: text).namesTruth
    default: false
    }
  }

  /// The target that is the same for every image; nil if the data set decides.
  ///
  /// - Throws: `TargetError.ambiguous` for a number that is also the name of another class; `.malformed`.
  package func target(labels: [String]?) throws(TargetError) -> Target? {
    if needsTruth { return nil }
    return try target(labels: labels, truth: -1)
  }

  /// The target for an image.
  ///
  /// - Parameter truth: The index of the class that the data set says.
  func target(labels: [String]?, truth: Int) throws(TargetError) -> Target {
    switch self {
    case .rank(let rank): .rank(rank)
    case .index(let index): .index(index)
    case .label(let label): .label(label)
    case .number(let number): try Target(parsing: "\(number)", labels: labels)
    case .truth, .annotated: .index(truth)
    case .function(let text):
      try Target(parsing: text, labels: labels).mapLeaves { $0.isTruth ? .index(truth) : $0 }
    }
  }
}

extension Target {
  fileprivate var isTruth: Bool {
    guard case .label(let name) = self else { return false }
    return TargetChoice(parsing: name) == .truth
  }

  fileprivate var namesTruth: Bool {
    var found = false
    _ = try? mapLeaves { leaf in
      found = found || leaf.isTruth
      return leaf
    }
    return found
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
    case .function(let text): text
    }
  }
}
