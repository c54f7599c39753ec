import Foundation

/// What became of the mutants, by category.
struct FuzzReport {
  private struct Count {
    var mutants = 0
    var accepted = 0
    var refused = 0
    var findings = 0
    var slowest = 0.0
    var largest = 0
  }

  private var names: [String] = []
  private var counts: [String: Count] = [:]
  private var groups: [String: Int] = [:]

  var findings: Int { counts.values.reduce(0) { $0 + $1.findings } }
  var mutants: Int { counts.values.reduce(0) { $0 + $1.mutants } }

  /// - Returns: How many findings of the same group there were before.
  mutating func add(_ end: CommandEnd, _ finding: Finding?, category: String) -> Int {
    if counts[category] == nil { names.append(category) }
    var count = counts[category, default: Count()]
    count.mutants += 1
    count.slowest = max(count.slowest, end.seconds)
    count.largest = max(count.largest, end.memory)
    if finding != nil {
      count.findings += 1
    } else if end.status == .exited(0) {
      count.accepted += 1
    } else {
      count.refused += 1
    }
    counts[category] = count
    guard let finding else { return 0 }
    defer { groups[finding.group, default: 0] += 1 }
    return groups[finding.group, default: 0]
  }

  var text: String {
    func row(_ cells: [String]) -> String {
      cells.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: max((column == 0 ? 14 : 9) - cell.count, 0))
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: " ")
    }
    var lines = [row(["category", "mutants", "accepted", "refused", "findings", "slowest", "memory"])]
    for name in names {
      let count = counts[name, default: Count()]
      lines.append(
        row([
          name, "\(count.mutants)", "\(count.accepted)", "\(count.refused)", "\(count.findings)",
          String(format: "%.1f s", count.slowest), "\(count.largest >> 20) MiB",
        ]))
    }
    for (group, count) in groups.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      lines.append("\(count) times \(group)")
    }
    return (lines + ["\(mutants) mutants, \(findings) findings"]).joined(separator: "\n")
  }
}
