internal import Configuration
internal import SaliencyCore

/// Monotonicity (Nguyen): whether cells with more attribution are those whose loss makes the model less certain.
///
/// Spearman's rank correlation, over the n x n cells of a grid, of the map's magnitude over a cell with E[(f(x) - f(x'))²], x' with that cell
/// drawn again, uniform over the image's range, f the explained score. The expectations are computed once for all maps.
///
/// A. Nguyen, M. R. Martinez, "On quantitative aspects of model interpretability", 2020, arXiv:2007.07584, section 3.1. The paper weighs the
/// expectation by 1 / f(x)², which is one number for the image and no rank depends on it. The paper has single features of small inputs;
/// here 8 x 8 cells, 10 draws each.
///
/// Known deviations elsewhere: Quantus (MonotonicityCorrelation) draws 100 for each group of channel values, in the order of the map.
public struct MonotonicityNguyen: Metric {
  public static let descriptor = MetricDescriptor(
    "monotonicity-nguyen", title: "Monotonicity (Nguyen)", category: .faithfulness, direction: .higher,
    paper: "Nguyen 2020, arXiv:2007.07584", needs: [.target])

  /// The number of rows and of columns of the grid.
  public var cells = 8
  /// How often each cell is drawn.
  public var samples = 10

  public init() {}

  /// The metric with another grid and number of draws.
  public init(cells: Int, samples: Int = 10) {
    self.cells = cells
    self.samples = samples
  }

  public func validate() throws {
    try Self.require("cells", cells, in: 2...1000)
    try Self.require("samples", samples, in: 1...Self.largestCount)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(shared: cells * cells * samples + 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let deviations = try subject.cellDeviations(cells, samples: samples)
    let sums = subject.squareGrid(cells).sums(of: subject.map, abs)
    guard let value = Correlation.spearman(sums.map(Float.init), deviations.map(Float.init)) else {
      throw NotApplicable("the cells are all worth the same")
    }
    return Score(value)
  }
}
