import Foundation

/// Powers of ten, or round numbers between them, that cover a range of positive numbers.
struct LogarithmicTicks: Equatable {
  private(set) var values: [Double] = [1, 10]
  /// The whole multiples of powers of ten between values that are one power apart.
  private(set) var minor: [Double] = []

  /// - Parameter most: At most so many ticks; 3 are always allowed.
  init(covering wanted: ClosedRange<Double>, most: Int) {
    let range = Self.widened(wanted)
    let span = log10(range.upperBound / range.lowerBound)
    var candidates = Self.strides.map { Self.powers($0, range) }
    if span < 20 { candidates += [[1, 3], [1, 2, 5]].map { Self.mantissas($0, range) } }
    if span < 1 {
      let linear = LinearTicks(covering: range, most: most).values
      if linear[0] > 0 { candidates.append(linear) }
    }
    var best = Double.infinity
    for ticks in candidates where (2...max(most, 3)).contains(ticks.count) {
      let empty = log10(ticks[ticks.count - 1] / ticks[0]) / span - 1
      let cost = Ticks.cost(emptyShare: empty, count: ticks.count)
      if cost < best - 1e-9 { (best, values) = (cost, ticks) }
    }
    if zip(values, values.dropFirst()).allSatisfy({ abs($1 / $0 - 10) < 1e-6 }) {
      minor = values.dropLast().flatMap { value in (2...9).map { value * Double($0) } }
    }
  }

  /// Powers of ten from tick to tick; three ticks of the longest cover every positive number that an axis takes.
  private static let strides = [1, 2, 3, 4, 5, 10, 20, 50, 100]

  private static func powers(_ stride: Int, _ range: ClosedRange<Double>) -> [Double] {
    let first = Int((log10(range.lowerBound) / Double(stride) + 1e-9).rounded(.down))
    let last = Int((log10(range.upperBound) / Double(stride) - 1e-9).rounded(.up))
    return (first...max(first + 1, last)).map { power($0 * stride) }
  }

  /// The multiples of powers of ten by some numbers, from the last below the range to the first above it.
  private static func mantissas(_ mantissas: [Double], _ range: ClosedRange<Double>) -> [Double] {
    let decades = Int(log10(range.lowerBound).rounded(.down))...Int(log10(range.upperBound).rounded(.up))
    let all = decades.flatMap { decade in
      mantissas.map { decade < 0 ? $0 / power(-decade) : $0 * power(decade) }
    }
    guard let first = all.lastIndex(where: { $0 <= range.lowerBound * (1 + 1e-9) }),
      let last = all.firstIndex(where: { $0 >= range.upperBound * (1 - 1e-9) }), first < last
    else { return [] }
    return Array(all[first...last])
  }

  private static func power(_ exponent: Int) -> Double {
    exponent < 0 ? 1 / pow(10, Double(-exponent)) : pow(10, Double(exponent))
  }

  /// A range that is too narrow for ticks, a third wider each way.
  private static func widened(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    guard range.upperBound < range.lowerBound * (1 + 1e-3) else { return range }
    return (range.lowerBound / 1.3)...(range.upperBound * 1.3)
  }
}
