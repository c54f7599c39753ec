internal import Configuration
internal import SaliencyCore

/// Single deletion: whether the signed worth of the image's cells has the order of what the score loses without each.
///
/// Spearman's rank correlation, over the cells of a 4 x 4 grid, of the map's signed sum over a cell with the drop of the explained score when that
/// cell alone is removed. The drops are computed once for all maps.
///
/// R. Hesse et al., "Benchmarking the Attribution Quality of Vision Models", NeurIPS 2024, arXiv:2407.11910, section 3. The paper's in-domain
/// form (IDSDS) is this metric on a model that was fine-tuned with cells deleted: apply it to such a model.
public struct SingleDeletion: Metric {
  public static let descriptor = MetricDescriptor(
    "single-deletion", title: "Single deletion", category: .faithfulness, direction: .higher,
    paper: "Hesse 2024, arXiv:2407.11910", needs: [.target])

  /// The number of rows and of columns of the grid.
  public var cells = 4
  /// What a removed cell is replaced by.
  public var fill = Fill.zero

  public init() {}

  /// The metric with another grid.
  public init(cells: Int) { self.cells = cells }

  public func validate() throws { try Self.require("cells", cells, in: 2...1000) }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses { MetricPasses(shared: cells * cells + 1) }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let drops = try subject.cellDrops(cells, fill: fill, response: .explainedScore)
    let sums = subject.squareGrid(cells).sums(of: subject.map)
    guard let value = Correlation.spearman(sums.map(Float.init), drops.map(Float.init)) else {
      throw NotApplicable("the cells are all worth the same")
    }
    return Score(value)
  }
}
