import Foundation
import Testing

@testable import Figures

@Suite struct PlotLayoutTests {
  /// A text with the corners of the box that its letters take.
  private struct Placed {
    let text: String
    let size: Double
    let corners: [Position]

    func overlaps(_ other: Placed) -> Bool {
      // Two convex shapes are apart if one of their sides separates them.
      !(corners.hasSide(apartFrom: other.corners) || other.corners.hasSide(apartFrom: corners))
    }
  }

  private static func texts(_ drawing: Drawing) -> [Placed] {
    drawing.marks.compactMap { mark in
      switch mark {
      case .text(let text, let x, let y, let width, let style):
        Placed(text: text, size: style.size, corners: corners(x, y, width, style, 0))
      case .turnedText(let text, let x, let y, let width, let style, let degrees):
        Placed(text: text, size: style.size, corners: corners(x, y, width, style, degrees * .pi / 180))
      default: nil
      }
    }
  }

  private static func corners(
    _ x: Double, _ y: Double, _ width: Double, _ style: TextStyle, _ angle: Double
  ) -> [Position] {
    [(0, -0.74), (width, -0.74), (width, 0.2), (0, 0.2)].map { across, up in
      let down = up * style.size
      return Position(
        x: x + across * cos(angle) - down * sin(angle), y: y + across * sin(angle) + down * cos(angle))
    }
  }

  /// No text leaves the page, lies on another, or is smaller than 7 points.
  private func checkTidiness(_ plot: Plot, _ style: FigureStyle = FigureStyle()) throws {
    let drawing = try FigureRenderer(style: style).layout(plot)
    let texts = Self.texts(drawing)
    for text in texts {
      #expect(text.size >= 7)
      for corner in text.corners {
        let isInside = (0...drawing.width).contains(corner.x) && (0...drawing.height).contains(corner.y)
        #expect(isInside, "\(text) in \(drawing.width) x \(drawing.height)")
      }
    }
    for (i, a) in texts.enumerated() {
      for b in texts[(i + 1)...] { #expect(!a.overlaps(b), "\(a.text) / \(b.text)") }
    }
    for position in Self.positions(drawing) {
      #expect((0...drawing.width).contains(position.x) && (0...drawing.height).contains(position.y))
    }
  }

  private static func positions(_ drawing: Drawing) -> [Position] {
    drawing.marks.flatMap { mark -> [Position] in
      guard case .shape(let shape) = mark else { return [] }
      switch shape.outline {
      case .line(let points), .polygon(let points): return points
      case .circle(let center, _): return [center]
      }
    }
  }

  private func words(_ plot: Plot) throws -> [String] {
    try Self.texts(FigureRenderer().layout(plot)).map(\.text)
  }

  @Test(arguments: [1, 2, 5, 6, 13]) func samplesAreTidy(_ methods: Int) throws {
    try checkTidiness(SamplePlots.lines(methods, controls: 3))
    try checkTidiness(SamplePlots.points(methods, controls: 3))
    var wide = FigureStyle()
    wide.plotWidth = 496
    try checkTidiness(SamplePlots.lines(methods), wide)
  }

  @Test func everySeriesIsInTheLegend() throws {
    let words = try words(SamplePlots.lines(13, controls: 3))
    #expect((0..<13).allSatisfy { words.contains("Method \($0)") })
    #expect((0..<3).allSatisfy { words.contains("Control \($0)") })
  }

  /// A falling curve leaves the top right corner free, and one along every edge leaves nothing.
  @Test func aLegendIsBetweenTheAxesWhereThereIsRoom() throws {
    func legendIsInside(_ plot: Plot) throws -> Bool {
      let drawing = try FigureRenderer().layout(plot)
      let texts = Self.texts(drawing)
      let name = try #require(texts.first { $0.text == "a" })
      let label = try #require(texts.first { $0.text == "1.0" })
      return name.corners[0].y >= label.corners[0].y
    }
    func plot(_ points: [(Double, Double)]) -> Plot {
      Plot(
        x: Plot.Axis("x"), y: Plot.Axis("y"),
        series: [Plot.Series("a", points: points.map { Plot.Point(x: $0.0, y: $0.1) })])
    }
    #expect(try legendIsInside(plot([(0, 1), (0.2, 0), (1, 0)])))
    let full = (0...40).map { (Double($0) / 40, $0.isMultiple(of: 2) ? 0.0 : 1.0) }
    #expect(try !legendIsInside(plot(full)))
  }

  @Test func manyOrLongCategoriesAreTidy() throws {
    let layers =
      ["(trained)", "predictions"] + (0..<60).map { "block\($0)_conv_with_a_long_name_of_its_own" }
    for count in [1, 2, 5, 14, 25, 62] { try checkTidiness(SamplePlots.categories(Array(layers[..<count]))) }
    #expect(try words(SamplePlots.categories(["a", "b"])).contains("b"))
  }

  @Test func veryLongNamesAreTidy() throws {
    var plot = SamplePlots.lines(3)
    let long = String(repeating: "a name that goes on ", count: 40)
    (plot.title, plot.x.title, plot.y.title) = (long, long, String(repeating: "x", count: 300))
    for i in plot.series.indices { plot.series[i].name = "\(i) " + long }
    try checkTidiness(plot)
    #expect(try words(plot).count { $0.hasSuffix("…") } >= 4)
  }

  @Test func oneValueAndEqualValues() throws {
    for value in [0.0, 1, -2.5, 1e-12, 1e12, 1e100] {
      var plot = SamplePlots.lines(1)
      plot.series = [Plot.Series("a", points: [Plot.Point(x: value, y: value)])]
      try checkTidiness(plot)
      plot.series = [Plot.Series("a", points: (0..<5).map { Plot.Point(x: Double($0), y: value) })]
      try checkTidiness(plot)
      guard value > 0 else { continue }
      (plot.x.scale, plot.y.scale) = (.logarithmic, .logarithmic)
      plot.series = [Plot.Series("a", points: [Plot.Point(x: value, y: value)])]
      try checkTidiness(plot)
    }
  }

  @Test func whatIsLeftOutIsCounted() throws {
    var plot = SamplePlots.lines(1)
    plot.series[0].points[3].y = .nan
    #expect(try words(plot).contains("1 point without a value on these axes is left out."))
    try checkTidiness(plot)
  }

  @Test func aPlotWithoutPointsIsAnError() {
    var plot = SamplePlots.lines(1)
    for series in [[], [Plot.Series("a", points: [Plot.Point(x: .nan, y: 0)])]] {
      plot.series = series
      #expect(throws: FigureError.noPoints(title: plot.title)) { try FigureRenderer().data(plot, as: .svg) }
    }
    #expect(
      "\(FigureError.noPoints(title: "T"))"
        == "the plot \"T\" has no point with finite values; give at least one")
  }
}

extension [Position] {
  /// Whether a side of this convex shape, corners in order, has all of another on its far side.
  fileprivate func hasSide(apartFrom other: [Position]) -> Bool {
    indices.contains { i in
      let (a, b) = (self[i], self[(i + 1) % count])
      func distance(_ p: Position) -> Double { (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) }
      let inside = map(distance).max { abs($0) < abs($1) } ?? 0
      return other.allSatisfy { distance($0) * (inside < 0 ? -1 : 1) <= 0.01 }
    }
  }
}
