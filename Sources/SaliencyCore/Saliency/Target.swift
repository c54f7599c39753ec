/// Which class an explanation is about.
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
  public init(parsing text: String) {
    let lowered = text.lowercased()
    if lowered == "top" {
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

  /// The index of the class.
  ///
  /// - Parameters:
  ///   - scores: The model's scores for the image.
  ///   - labels: The names of the classes, where they are known.
  /// - Throws: `TargetError` where there is no such class.
  public func resolved(scores: [Float], labels: [String]?) throws(TargetError) -> Int {
    switch self {
    case .rank(let rank):
      guard rank != 0, abs(rank) <= scores.count else { throw .noRank(rank, classes: scores.count) }
      // Equal scores keep the order of their indices.
      let ranking = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
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
    let wanted = normalised(name)
    let exact = labels.indices.filter { normalised(labels[$0]) == wanted }
    let matches =
      exact.isEmpty
      ? labels.indices.filter { index in
        labels[index].split(separator: ",").contains { normalised(String($0)) == wanted }
      } : exact
    guard let first = matches.first else { throw .unknownLabel(name, known: labels) }
    guard matches.count == 1 else {
      throw .ambiguousLabel(
        name, candidates: matches.map { TargetError.Candidate(index: $0, label: labels[$0]) })
    }
    return first
  }

  private static func normalised(_ text: String) -> String {
    text.lowercased().split { $0 == " " || $0 == "_" || $0 == "-" }.joined(separator: " ")
  }
}

/// A class that a model does not have.
public enum TargetError: Error, Equatable, CustomStringConvertible {
  case noRank(Int, classes: Int)
  case noIndex(Int, classes: Int)
  case noLabels(String, classes: Int)
  case unknownLabel(String, known: [String])
  case ambiguousLabel(String, candidates: [Candidate])

  /// A class that has the name asked for.
  public struct Candidate: Sendable, Equatable {
    public let index: Int
    public let label: String
  }

  public var description: String {
    switch self {
    case .noRank(let rank, let classes):
      return "target top\(rank): the model has \(classes) classes, wanted a rank from 1 to \(classes)"
    case .noIndex(let index, let classes):
      return "target \(index): the model has \(classes) classes, wanted an index from 0 to \(classes - 1)"
    case .noLabels(let name, let classes):
      return "target \"\(name)\": the model has no labels, wanted an index from 0 to \(classes - 1) "
        + "(or a labels file: --labels)"
    case .unknownLabel(let name, let known):
      let near = suggestion(for: name, among: known)
      let rest =
        known.count <= 12
        ? " (\(known.joined(separator: ", ")))"
        : "; `saliency predict` lists likely ones, and an index works too"
      return "target \"\(name)\": no class of this name among the model's \(known.count)"
        + (near.isEmpty ? rest : near)
    case .ambiguousLabel(let name, let candidates):
      let listed = candidates.prefix(3).map { "\($0.index) \"\($0.label)\"" }.joined(separator: ", ")
      let more = candidates.count > 3 ? " and others" : ""
      return
        "target \"\(name)\": \(candidates.count) classes have this name (\(listed)\(more)); give the index"
    }
  }
}
