import Figures
import Testing

@testable import Bench
@testable import Metrics

@Suite struct RunPlotsTests {
  @Test func costsAreOnALogarithmicAxisOfTime() throws {
    let tables = RunTables(try SyntheticResults.results())
    let plots = RunPlots(tables, curves: []).plots
    let first = try #require(plots.first)
    #expect(first.name == "net-a_top_cost_infidelity-infidelity")
    #expect(first.plot.x == Plot.Axis("time for one map", scale: .logarithmic, unit: "s"))
    #expect(first.plot.kind == .points)
    #expect(first.plot.series.map(\.isControl) == [false, false, false, true])
    #expect(first.plot.series.allSatisfy { $0.points.count == 1 && $0.points[0].low != nil })
  }

  @Test func aCurveOfLayersHasNamesAndGaps() throws {
    let results = try SyntheticResults.results()
    let axis = Curve(
      "ssim", xTitle: "layer", yTitle: "SSIM", x: [0, 1], y: [nil, nil], ticks: ["(trained)", "conv"])
    let mean = MeanCurve(count: 3, mean: [1, nil], low: [0.9, nil], high: [1, nil])
    let curves = MeanCurves(
      setting: results.settings[0], metric: 0, metricName: "sparseness", category: .randomisation, axis: axis,
      methods: [mean, nil, nil, nil])
    let empty = MeanCurves(
      setting: results.settings[0], metric: 0, metricName: "sparseness", category: .randomisation, axis: axis,
      methods: [nil, nil, nil, nil])
    let plots = RunPlots(RunTables(results), curves: [curves, empty]).plots
    #expect(plots.filter { $0.plot.kind == .lines }.count == 1, "a plot without points is left out")
    #expect(plots[0].plot.x.scale == .categorical(["(trained)", "conv"]))
    #expect(plots[0].plot.series[0].points.map(\.y.isNaN) == [false, true])
    #expect(plots[0].plot.caption.contains("n = 3"))
  }

  @Test func fileNamesAreOfPlainLetters() {
    #expect(RunPlots.fileName(["net a/b", "", "top", "É"]) == "net-a-b_top_")
  }
}
