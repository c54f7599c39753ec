internal import Configuration
internal import Foundation
internal import SaliencyCore

/// Complexity: over how many pixels the map is spread, as the entropy of its magnitudes.
///
/// -sum_i p_i ln p_i with p = |a| / sum |a|: ln(HW) for a constant map, 0 for a single pixel.
///
/// U. Bhatt, A. Weller, J. Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020, arXiv:2005.00631.
///
/// Known deviations elsewhere: Quantus and xplique add 1e-12 and 1e-8 to the values.
public struct Complexity: Metric {
  public static let descriptor = MetricDescriptor(
    "complexity", title: "Complexity", category: .complexity, direction: .lower, unit: "nats",
    paper: "Bhatt 2020, arXiv:2005.00631")

  public init() {}

  public func score(_ subject: Subject) throws -> Score {
    let magnitudes = subject.map.values.lazy.map { Double(abs($0)) }
    let total = magnitudes.reduce(0, +)
    guard total > 0 else { throw NotApplicable("the map is all zero") }
    return Score(magnitudes.reduce(0) { $1 > 0 ? $0 - $1 / total * log($1 / total) : $0 })
  }
}
