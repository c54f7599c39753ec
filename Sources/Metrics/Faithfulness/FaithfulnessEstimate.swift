internal import Configuration
internal import SaliencyCore

/// Faithfulness estimate: whether cells of the image are worth to the model what the map says.
///
/// Pearson's correlation, over the n x n cells of a grid, of the map's sum over a cell with the drop of the class's probability when that cell
/// alone is removed. The drops are computed once for all maps.
///
/// D. Alvarez-Melis, T. Jaakkola, "Towards Robust Interpretability with Self-Explaining Neural Networks", NeurIPS 2018, arXiv:1806.07538,
/// section 4. The paper removes single features of small inputs; pixels of images hardly change the output, hence cells.
///
/// Known deviations elsewhere: Quantus removes channel values one after another in descending order, with the image's smallest value.
public struct FaithfulnessEstimate: Metric {
  public static let descriptor = MetricDescriptor(
    "faithfulness-estimate", title: "Faithfulness estimate", category: .faithfulness, direction: .higher,
    paper: "Alvarez-Melis 2018, arXiv:1806.07538", needs: [.target])

  /// The number of rows and of columns of the grid.
  public var cells = 16
  /// What a removed cell is replaced by.
  public var fill = Fill.zero
  /// What is measured of the model.
  public var response = Response.probability

  public init() {}

  /// The metric with another grid.
  public init(cells: Int) { self.cells = cells }

  public func validate() throws { try Self.require("cells", cells, in: 2...1000) }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses { MetricPasses(shared: cells * cells + 1) }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let drops = try subject.cellDrops(cells, fill: fill, response: response)
    guard let value = Correlation.pearson(subject.squareGrid(cells).sums(of: subject.map), drops) else {
      throw NotApplicable("the cells are all worth the same")
    }
    return Score(value)
  }
}
