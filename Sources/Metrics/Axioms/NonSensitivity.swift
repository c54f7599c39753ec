internal import Configuration
internal import SaliencyCore

/// Non-sensitivity: whether cells that the model ignores have no attribution, and only they.
///
/// A cell of an n x n grid is without attribution if it holds less than `threshold` of the map's total magnitude, and
/// without effect if E[(f(x) - f(x'))²] with that cell drawn again is less than `threshold` of the sum over all cells.
/// The number is the share of cells that are one but not the other. The expectations are those of `MonotonicityNguyen`,
/// computed once for both and for all maps.
///
/// A. Nguyen, M. R. Martinez, "On quantitative aspects of model interpretability", 2020, arXiv:2007.07584, section 3.1, for cells. A network that
/// looks everywhere and a map that is 0 nowhere agree, whatever else the map shows: the number separates methods only for networks that ignore a part
/// of the image.
///
/// Known deviations elsewhere: Quantus compares sets of indices of channel values with absolute thresholds of 1e-5, and gives their number.
public struct NonSensitivity: Metric {
  public static let descriptor = MetricDescriptor(
    "non-sensitivity", title: "Non-sensitivity", category: .axioms, direction: .lower,
    paper: "Nguyen 2020, arXiv:2007.07584", needs: [.target])

  /// The number of rows and of columns of the grid.
  public var cells = 8
  /// How often each cell is drawn.
  public var samples = 10
  /// The share of the whole below which a cell counts as nothing.
  public var threshold = 1e-5

  public init() {}

  /// The metric with another grid, number of draws and threshold.
  public init(cells: Int, samples: Int = 10, threshold: Double = 1e-5) {
    (self.cells, self.samples, self.threshold) = (cells, samples, threshold)
  }

  public func validate() throws {
    try Self.require("cells", cells, in: 2...1000)
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("threshold", threshold, in: 0...1)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(shared: cells * cells * samples + 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let effects = isNothing(try subject.cellDeviations(cells, samples: samples))
    let worth = isNothing(subject.squareGrid(cells).sums(of: subject.map, abs))
    return Score(Double(zip(effects, worth).count { $0 != $1 }) / Double(effects.count))
  }

  private func isNothing(_ values: [Double]) -> [Bool] {
    let total = values.reduce(0, +)
    return values.map { $0 <= threshold * total }
  }
}
