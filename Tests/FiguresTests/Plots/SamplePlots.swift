import Foundation

@testable import Figures

/// Plots from formulas.
enum SamplePlots {
  static func falling(_ i: Int, points: Int = 21, half: Double = 0.05) -> [Plot.Point] {
    (0..<points).map { k in
      let x = Double(k) / Double(max(points - 1, 1))
      let y = 0.9 * exp(-x * Double(i + 1)) + 0.02 * sin(Double(k * (i + 2)))
      return Plot.Point(x: x, y: y, low: y - half, high: y + half)
    }
  }

  static func straight(_ i: Int) -> [Plot.Point] {
    [0, 0.5, 1].map { x in
      let y = 0.95 - 0.15 * Double(i + 1) * x
      return Plot.Point(x: x, y: y, low: y - 0.01, high: y + 0.01)
    }
  }

  static func lines(_ methods: Int, controls: Int = 1) -> Plot {
    Plot(
      title: "Deletion: scenes-gap, top prediction", x: Plot.Axis("share of pixels removed"),
      y: Plot.Axis("probability"),
      series: (0..<methods).map { Plot.Series("Method \($0)", points: falling($0)) }
        + (0..<controls).map { Plot.Series("Control \($0)", points: straight($0), isControl: true) },
      caption: "Probability against the share of pixels removed.")
  }

  static func points(_ methods: Int, controls: Int = 1) -> Plot {
    func point(_ i: Int) -> [Plot.Point] {
      let y = 0.5 + 0.3 * sin(Double(i))
      return [Plot.Point(x: 0.002 * pow(1.6, Double(i)), y: y, low: y - 0.08, high: y + 0.05)]
    }
    return Plot(
      title: "Cost and pointing game", x: Plot.Axis("time for one map", scale: .logarithmic, unit: "s"),
      y: Plot.Axis("pointing game (higher is better)"),
      series: (0..<methods).map { Plot.Series("Method \($0)", points: point($0)) }
        + (0..<controls).map { Plot.Series("Control \($0)", points: point(-1 - $0), isControl: true) },
      kind: .points)
  }

  static func categories(_ names: [String]) -> Plot {
    Plot(
      title: "Cascading randomisation", x: Plot.Axis("layer randomised", scale: .categorical(names)),
      y: Plot.Axis("SSIM"),
      series: (0..<3).map { i in
        Plot.Series(
          "Method \(i)",
          points: names.indices.map { Plot.Point(x: Double($0), y: 1 / Double(1 + $0 * (i + 1))) })
      })
  }
}
