/// Round values along an axis.
struct Ticks: Equatable {
  /// Ascending.
  var values: [Double]
  var labels: [String]
  /// Between the values, without labels.
  var minor: [Double] = []
  /// The power of ten that labels leave out, for the title of the axis ("×10⁻⁶"); empty for none.
  var factor = ""
  /// The ends of the axis.
  var range: ClosedRange<Double>

  /// Ticks for values in a range.
  ///
  /// - Parameter most: At most so many ticks on a numerical axis; 3 are always allowed.
  init(_ axis: Plot.Axis, covering range: ClosedRange<Double>, most: Int) {
    switch axis.scale {
    case .linear:
      let ticks = LinearTicks(covering: range, most: most)
      values = ticks.values
      (labels, factor) = NumberLabels.linear(ticks, unit: axis.unit)
      self.range = values[0]...values[values.count - 1]
      trim(to: ticks.covered)
    case .logarithmic:
      let ticks = LogarithmicTicks(covering: range, most: most)
      (values, minor) = (ticks.values, ticks.minor)
      labels = ticks.values.map { NumberLabels.single($0, unit: axis.unit) }
      self.range = values[0]...values[values.count - 1]
    case .categorical(let names):
      values = names.indices.map(Double.init)
      labels = names
      self.range = -0.3...max(Double(names.count) - 0.7, 0.3)
    }
  }
}

extension Ticks {
  /// Ends the axis near the values, without the outer tick, where most of the step to that tick is empty.
  private mutating func trim(to data: ClosedRange<Double>) {
    let step = values[1] - values[0]
    let margin = 0.04 * (data.upperBound - data.lowerBound)
    if values.count > 3, data.lowerBound - values[0] > 0.6 * step {
      values.removeFirst()
      labels.removeFirst()
      range = (data.lowerBound - margin)...range.upperBound
    }
    if values.count > 3, values[values.count - 1] - data.upperBound > 0.6 * step {
      values.removeLast()
      labels.removeLast()
      range = range.lowerBound...(data.upperBound + margin)
    }
  }

  /// How well ticks suit: small for little empty room at the ends, and for about five ticks.
  static func cost(emptyShare: Double, count: Int) -> Double { emptyShare + 0.05 * abs(Double(count) - 5) }
}
