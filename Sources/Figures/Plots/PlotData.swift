/// The values of a plot that can be drawn.
struct PlotData {
  struct Series {
    /// Its place among the series of the plot.
    let index: Int
    /// Points without a gap between them.
    let stretches: [[Plot.Point]]

    var points: [Plot.Point] { stretches.flatMap { $0 } }
  }

  /// Those with at least one point.
  private(set) var series: [Series] = []
  private var omittedPoints = 0
  private var omittedIntervals = 0

  init(_ plot: Plot) {
    for (index, series) in plot.series.enumerated() {
      var stretches: [[Plot.Point]] = [[]]
      for point in series.points {
        guard plot.x.scale.takes(point.x), plot.y.scale.takes(point.y) else {
          omittedPoints += 1
          stretches.append([])
          continue
        }
        stretches[stretches.count - 1].append(withInterval(point, plot.y.scale))
      }
      stretches.removeAll(where: \.isEmpty)
      if !stretches.isEmpty { self.series.append(Series(index: index, stretches: stretches)) }
    }
  }

  /// The point, without an interval that cannot be drawn.
  private mutating func withInterval(_ point: Plot.Point, _ scale: Plot.Scale) -> Plot.Point {
    guard let low = point.low, let high = point.high else { return Plot.Point(x: point.x, y: point.y) }
    if scale.takes(low) && scale.takes(high) { return point }
    omittedIntervals += 1
    return Plot.Point(x: point.x, y: point.y)
  }

  /// From the smallest to the largest x; nil without points.
  var xRange: ClosedRange<Double>? { Self.range(series.flatMap(\.points).map(\.x)) }

  /// From the smallest to the largest y, intervals included; nil without points.
  var yRange: ClosedRange<Double>? {
    Self.range(series.flatMap(\.points).flatMap { [$0.y, $0.low ?? $0.y, $0.high ?? $0.y] })
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }

  /// What was left out, in words; empty if nothing was.
  var note: String {
    func count(_ number: Int, _ noun: String) -> String? {
      number == 0 ? nil : "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
    let parts = [count(omittedPoints, "point"), count(omittedIntervals, "interval")].compactMap { $0 }
    let isOne = omittedPoints + omittedIntervals == 1
    return parts.isEmpty
      ? ""
      : "\(parts.joined(separator: " and ")) without a value on these axes \(isOne ? "is" : "are") left out."
  }
}
