import Foundation

/// Positions on a page for the values of one axis.
struct AxisScale {
  let range: ClosedRange<Double>
  let isLogarithmic: Bool
  /// The positions of the ends of the range, in points.
  let start: Double
  let end: Double

  func position(_ value: Double) -> Double {
    let (low, high, place) =
      isLogarithmic
      ? (log(range.lowerBound), log(range.upperBound), log(value))
      : (range.lowerBound, range.upperBound, value)
    return start + (end - start) * ((place - low) / (high - low))
  }
}
