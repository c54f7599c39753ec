/// The class that is explained.
public enum Target: Sendable, Hashable {
  /// The class of the given rank among the predictions: 1 is the top prediction, -1 the least likely class.
  case rank(Int)
  /// A class by its index.
  case index(Int)
  /// A class by its name.
  case label(String)

  /// The top prediction.
  public static let top = Target.rank(1)

  /// The class that the model thinks least likely.
  public static let least = Target.rank(-1)

  /// A target as a user writes it: `top`, `top3` (the third), `least`, an index, or a label.
  ///
  /// A prefix decides which of them is meant: `rank:3`, `index:4`, `label:NAME`.
  public init(parsing text: String) {
    let lowered = text.lowercased()
    if let prefixed = Self.prefixed(text) {
      self = prefixed
    } else if lowered == "top" {
      self = .top
    } else if lowered == "least" {
      self = .least
    } else if lowered.hasPrefix("top"), let rank = Int(lowered.dropFirst(3)), rank > 0 {
      self = .rank(rank)
    } else if let index = Int(text) {
      self = .index(index)
    } else {
      self = .label(text)
    }
  }

  /// A target as a user writes it, for classes with names.
  ///
  /// A number that is no index but a class's name is that name.
  /// - Throws: `TargetError.ambiguous` if the text is a number or a word such as `top`, and also the name of another class.
  public init(parsing text: String, labels: [String]?) throws(TargetError) {
    let read = Target(parsing: text)
    self = read
    guard let labels, Self.prefixed(text) == nil else { return }
    if case .label = read { return }
    guard let named = Self.matches(text, in: labels).first else { return }
    if case .index(let index) = read {
      if index == named { return }
      guard labels.indices.contains(index) else {
        self = .label(text)
        return
      }
    }
    throw .ambiguous(text, as: read, labels: labels, named: named)
  }

  /// A target with a prefix: `rank:1`, `index:4`, `label:NAME`; nil for any other text.
  private static func prefixed(_ text: String) -> Target? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = String(text[text.index(after: colon)...])
    switch text[..<colon].lowercased() {
    case "rank": return Int(rest).map(Target.rank)
    case "index": return Int(rest).map(Target.index)
    case "label": return rest.isEmpty ? nil : .label(rest)
    default: return nil
    }
  }

  /// The target as text that has no other reading: `rank:1`, `index:4`, `label:NAME`.
  public var spelling: String {
    switch self {
    case .rank(let rank): "rank:\(rank)"
    case .index(let index): "index:\(index)"
    case .label(let name): "label:\(name)"
    }
  }

  /// The indices of scores from the highest to the lowest.
  ///
  /// A total order: equal scores (0 and -0 too) keep the order of their indices, NaN comes last.
  public static func ranking(of scores: [Float]) -> [Int] {
    let numbers = scores.indices.filter { !scores[$0].isNaN }
    return numbers.sorted { (scores[$1], $0) < (scores[$0], $1) } + scores.indices.filter { scores[$0].isNaN }
  }

  /// The index of the class.
  ///
  /// - Parameters:
  ///   - scores: The model's scores for the image.
  ///   - labels: The names of the classes, where they are known.
  /// - Throws: `TargetError` if there is no such class.
  public func resolved(scores: [Float], labels: [String]?) throws(TargetError) -> Int {
    switch self {
    case .rank(let rank):
      guard rank != 0, abs(rank) <= scores.count else { throw .noRank(rank, classes: scores.count) }
      let ranking = Self.ranking(of: scores)
      return ranking[rank > 0 ? rank - 1 : scores.count + rank]
    case .index(let index):
      guard scores.indices.contains(index) else { throw .noIndex(index, classes: scores.count) }
      return index
    case .label(let name):
      guard let labels else { throw .noLabels(name, classes: scores.count) }
      return try Self.find(name, in: labels)
    }
  }

  /// A label is found by its whole name, or by one of the synonyms between its commas, without regard to case.
  private static func find(_ name: String, in labels: [String]) throws(TargetError) -> Int {
    let matches = matches(name, in: labels)
    guard let first = matches.first else { throw .unknownLabel(name, known: labels) }
    guard matches.count == 1 else {
      throw .ambiguousLabel(
        name, candidates: matches.map { TargetError.Candidate(index: $0, label: labels[$0]) })
    }
    return first
  }

  private static func matches(_ name: String, in labels: [String]) -> [Int] {
    let wanted = normalised(name)
    let exact = labels.indices.filter { normalised(labels[$0]) == wanted }
    guard exact.isEmpty else { return exact }
    return labels.indices.filter { index in
      labels[index].split(separator: ",").contains { normalised(String($0)) == wanted }
    }
  }

  private static func normalised(_ text: String) -> String {
    text.lowercased().split { $0 == " " || $0 == "_" || $0 == "-" }.joined(separator: " ")
  }
}
