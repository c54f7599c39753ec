internal import Configuration
internal import SaliencyCore

/// Selectivity: how fast the explained score falls as the most relevant cells of a grid are set to the fill.
///
/// The image is cut into n x n cells, ranked by the sum of the map, and removed one after another; the number is the area under f(x_k), both
/// ends included: the trapezoid rule divided by the number of cells.
///
/// G. Montavon, W. Samek, K.-R. Mueller, "Methods for interpreting and understanding deep neural networks", DSP 2018, arXiv:1706.07979,
/// section 7.2: cells of 4 x 4 pixels of images of 28 x 28, hence 7 x 7 cells, set to 0.
///
/// Known deviations elsewhere: Quantus has cells of 8 x 8 pixels filled with the image's smallest value, and does not divide by
/// their number.
public struct Selectivity: Metric {
  public static let descriptor = MetricDescriptor(
    "selectivity", title: "Selectivity", category: .faithfulness, direction: .lower,
    paper: "Montavon 2018, arXiv:1706.07979", needs: [.target])

  /// The number of rows and of columns of the grid.
  public var cells = 7
  /// What removed cells are replaced by.
  public var fill = Fill.zero
  /// What is measured of the model.
  public var response = Response.explainedScore

  public init() {}

  /// The metric with another grid.
  public init(cells: Int) { self.cells = cells }

  public func validate() throws { try Self.require("cells", cells, in: 2...1000) }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses { MetricPasses(each: cells * cells + 1) }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let grid = subject.squareGrid(cells)
    let ranked = grid.ranked(by: grid.sums(of: subject.map))
    let curve = try subject.removalCurve(
      "selectivity", of: ranked, steps: ranked.count, replacedBy: subject.replacement(fill),
      response: response)
    return Score([curve.areaUnderCurve], curves: [curve])
  }
}
