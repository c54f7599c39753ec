import Testing

@testable import Figures

@Suite struct PlotDataTests {
  private func plot(_ points: [Plot.Point], x: Plot.Scale = .linear, y: Plot.Scale = .linear) -> Plot {
    Plot(x: Plot.Axis("", scale: x), y: Plot.Axis("", scale: y), series: [Plot.Series("a", points: points)])
  }

  @Test func aValueThatIsNotFiniteInterruptsALine() {
    let values: [Double] = [1, 2, .nan, 3, .infinity, -.infinity, 1e101]
    let data = PlotData(plot(values.enumerated().map { Plot.Point(x: Double($0), y: $1) }))
    #expect(data.series[0].stretches.map { $0.map(\.y) } == [[1, 2], [3]])
    #expect(data.note == "4 points without a value on these axes are left out.")
    #expect(data.yRange == 1...3 && data.xRange == 0...3)
  }

  @Test func intervalsThatCannotBeDrawnAreLeftOut() {
    let points = [
      Plot.Point(x: 1, y: 1, low: -1, high: 2), Plot.Point(x: 2, y: 1, low: 0.5, high: 2),
      Plot.Point(x: 3, y: 1, low: 0),
    ]
    let data = PlotData(plot(points, y: .logarithmic))
    #expect(data.series[0].points.map(\.low) == [nil, 0.5, nil])
    #expect(data.note == "1 interval without a value on these axes is left out.")
    #expect(data.yRange == 0.5...2)
  }

  @Test func logarithmicAxesTakePositiveValues() {
    let points = [Plot.Point(x: 0, y: 1), Plot.Point(x: -1, y: 1), Plot.Point(x: 1, y: 1)]
    #expect(PlotData(plot(points, x: .logarithmic)).series[0].points.map(\.x) == [1])
  }

  @Test func categoriesTakeTheirIndices() {
    let points = [-1, 0, 1, 2].map { Plot.Point(x: $0, y: 1) }
    let data = PlotData(plot(points, x: .categorical(["a", "b"])))
    #expect(data.series[0].points.map(\.x) == [0, 1])
  }

  @Test func seriesWithoutPointsAreLeftOut() {
    #expect(plot([]).isEmpty && plot([Plot.Point(x: 0, y: .nan)]).isEmpty)
    #expect(!plot([Plot.Point(x: 0, y: 0)]).isEmpty)
    #expect(Plot(x: Plot.Axis(""), y: Plot.Axis(""), series: []).isEmpty)
  }
}
