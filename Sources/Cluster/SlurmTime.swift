/// A time limit as Slurm writes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours, and so on.
package enum SlurmTime {
  /// The shortest time limit, in seconds.
  ///
  /// Slurm warns a task two or three minutes before its limit; a shorter task has no time to compute.
  package static let least = 300

  /// - Returns: Seconds; nil if the text has another form, which only Slurm can judge.
  package static func seconds(_ text: String) -> Int? {
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let clock = parts.last else { return nil }
    let numbers = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    let fields = numbers.compactMap(\.self)
    guard fields.count == numbers.count, fields.allSatisfy({ $0 >= 0 }) else { return nil }
    if parts.count == 2 {
      guard let days = Int(parts[0]), days >= 0, fields.count <= 3 else { return nil }
      return days * 86_400 + sum(fields, [3600, 60, 1])
    }
    switch fields.count {
    case 1, 2: return sum(fields, [60, 1])
    case 3: return sum(fields, [3600, 60, 1])
    default: return nil
    }
  }

  private static func sum(_ fields: [Int], _ units: [Int]) -> Int {
    zip(fields, units).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
