internal import Configuration
internal import SaliencyCore

/// Sparseness: how few pixels carry the map, as the Gini index of its magnitudes.
///
/// Gini(|a|) = sum_i (2i - n - 1) |a|_(i) / (n sum |a|), with |a|_(i) in ascending order: 0 for a constant map, 1 - 1/n for
/// a single pixel.
///
/// P. Chalasani et al., "Concise Explanations of Neural Networks using Adversarial Training", ICML 2020, arXiv:1810.06583.
///
/// Known deviations elsewhere: Quantus adds 1e-7 to every value, which makes the index depend on the map's scale.
public struct Sparseness: Metric {
  public static let descriptor = MetricDescriptor(
    "sparseness", title: "Sparseness", category: .complexity, direction: .higher,
    paper: "Chalasani 2020, arXiv:1810.06583")

  public init() {}

  public func score(_ subject: Subject) throws -> Score {
    let sorted = subject.map.values.map { Double(abs($0)) }.sorted()
    let total = sorted.reduce(0, +)
    guard total > 0 else { throw NotApplicable("the map is all zero") }
    let n = sorted.count
    let weighted = sorted.enumerated().reduce(0) { $0 + Double(2 * ($1.offset + 1) - n - 1) * $1.element }
    return Score(weighted / (Double(n) * total))
  }
}
