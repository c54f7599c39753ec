/// The candidates nearest to a mistyped name, best first: at most three, none that is far off.
///
/// Nearness is the edit distance without regard to case; a candidate that contains the name counts as near.
public func nearest(to name: String, in candidates: [String]) -> [String] {
  let wanted = Array(name.lowercased())
  guard !wanted.isEmpty else { return [] }
  let limit = max(2, wanted.count / 3)
  let scored = candidates.enumerated().compactMap { index, candidate -> (Int, Int, String)? in
    let lowered = candidate.lowercased()
    let distance = editDistance(wanted, Array(lowered))
    // A name of which not a letter is right is no near miss.
    if distance <= limit, distance < wanted.count { return (distance, index, candidate) }
    return lowered.contains(name.lowercased()) ? (limit + 1, index, candidate) : nil
  }
  return scored.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(3).map(\.2)
}

/// `; did you mean "conv1" or "conv2"?`, or nothing where no candidate is near.
public func suggestion(for name: String, among candidates: [String]) -> String {
  let near = nearest(to: name, in: candidates).map { "\"\($0)\"" }
  return near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
}

/// The least number of insertions, deletions, substitutions, and swaps of neighbours that turn one into the other.
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var (before, previous) = ([Int](), Array(0...b.count))
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
      row.append(best)
    }
    (before, previous) = (previous, row)
  }
  return previous[b.count]
}
