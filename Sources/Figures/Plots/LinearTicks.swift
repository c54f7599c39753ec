import Foundation

/// Multiples of 1, 2, 2.5 or 5 times a power of ten that cover a range.
struct LinearTicks: Equatable {
  /// Ticks are `multiples` of `mantissa` × 10^`exponent`.
  private(set) var multiples: ClosedRange<Int> = 0...1
  private(set) var mantissa = 1
  private(set) var exponent = 0
  /// What the ticks cover: the values, and room around them if they are all equal.
  let covered: ClosedRange<Double>

  /// - Parameter most: At most so many ticks; 3 are always allowed.
  init(covering wanted: ClosedRange<Double>, most: Int) {
    let range = Self.widened(wanted)
    covered = range
    let span = range.upperBound - range.lowerBound
    let order = Int(log10(span).rounded(.down))
    var best = Double.infinity
    // No longer step is needed: of a step as long as the range, three ticks cover it.
    for exponent in (order - 3)...(order + 1) {
      for mantissa in [10, 20, 25, 50] {
        let step = Self.scaled(Double(mantissa), exponent)
        let first = (range.lowerBound / step + 1e-9).rounded(.down)
        let last = (range.upperBound / step - 1e-9).rounded(.up)
        guard last - first < Double(max(most, 3)), last > first, abs(first) < 1e15, abs(last) < 1e15 else {
          continue
        }
        let empty = (last - first) * step / span - 1
        // A quarter has one digit more than the others.
        let cost = Ticks.cost(emptyShare: empty, count: Int(last - first) + 1) + (mantissa == 25 ? 0.1 : 0)
        if cost < best - 1e-9 {
          best = cost
          (multiples, self.mantissa, self.exponent) = (Int(first)...Int(last), mantissa, exponent)
        }
      }
    }
    if mantissa.isMultiple(of: 10) { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  }

  var values: [Double] { multiples.map { Self.scaled(Double($0 * mantissa), exponent) } }

  /// A division by a power of ten rounds once, so that 3 tenths are 0.3.
  private static func scaled(_ value: Double, _ exponent: Int) -> Double {
    exponent < 0 ? value / pow(10, Double(-exponent)) : value * pow(10, Double(exponent))
  }

  /// A range that is too narrow for ticks, a tenth wider each way.
  private static func widened(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let largest = max(abs(range.lowerBound), abs(range.upperBound))
    if largest < 1e-100 { return -1...1 }
    guard range.upperBound - range.lowerBound < largest * 1e-9 else { return range }
    return (range.lowerBound - largest * 0.1)...(range.upperBound + largest * 0.1)
  }
}
