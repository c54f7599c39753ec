extension Target {
  /// The index of the target's only class.
  ///
  /// - Parameters:
  ///   - scores: The model's scores for the image.
  ///   - labels: The names of the classes, where they are known.
  /// - Throws: `TargetError` if there is no such class, or the target is not about one class.
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
      if let reason = Self.problem(ofCall: name), labels?.contains(name) != true {
        throw .malformed(name, reason: reason)
      }
      guard let labels else { throw .noLabels(name, classes: scores.count) }
      return try Self.find(name, in: labels)
    case .logit(let inner), .probability(let inner), .negativeLogProbability(let inner), .output(let inner):
      return try inner.resolved(scores: scores, labels: labels)
    case .position, .difference, .mean: throw .notOneClass(text)
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

  /// The indices of the labels that a name may mean.
  static func matches(_ name: String, in labels: [String]) -> [Int] {
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
