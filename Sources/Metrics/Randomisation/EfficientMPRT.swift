internal import Configuration
internal import Foundation
public import SaliencyCore

/// Efficient MPRT: how much more complex the map becomes when the whole model is randomised.
///
/// (H(random) - H(trained)) / H(trained), H the entropy of a histogram of the map's values (`bins` bins from the smallest
/// to the largest), the mean over `seeds` models with every layer re-initialised. Higher is better: a map that owes its
/// order to what the model has learned loses it. 0 for a map that does not look at the model.
///
/// A. Hedstroem et al., "Sanity Checks Revisited: An Exploration to Repair the Model Parameter Randomisation Test", 2024, arXiv:2401.06465,
/// section 5: 100 bins.
///
/// Known deviations elsewhere: Quantus divides maps by the maximum over its batch.
public struct EfficientMPRT: Metric {
  public static let descriptor = MetricDescriptor(
    "efficient-mprt", title: "Efficient MPRT", category: .randomisation, direction: .higher,
    paper: "Hedstroem 2024, arXiv:2401.06465", needs: [.method])

  /// How many bins the histogram has.
  public var bins = 100
  /// What randomised layers hold.
  public var initialiser = Initialiser.glorotUniform
  /// How many times the model is re-initialised.
  public var seeds = 5

  public init() {}

  /// The metric with another histogram and number of re-initialisations.
  public init(bins: Int, seeds: Int = 5) { (self.bins, self.seeds) = (bins, seeds) }

  public func validate() throws {
    try Self.require("bins", bins, in: 2...Self.largestCount)
    try Self.require("seeds", seeds, in: 1...1000)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed(times: seeds))
  }

  public func expectedModelMemory(for model: Model) -> Int {
    RandomisedModels.expectedMemory(for: model, draws: seeds)
  }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let trained = entropy(of: subject.map.values)
    guard trained > 0 else { throw NotApplicable("the map's histogram has a single bin") }
    let rises = try (0..<seeds).compactMap { draw -> Double? in
      let (models, key) = subject.randomisedModels(initialiser, draw: draw, of: seeds)
      guard !models.layers.isEmpty else { throw NotApplicable("the model has no layer with parameters") }
      let request = try subject.request(randomising: models.layers, of: models, key: key, draws: seeds)
      let map = try subject.map(of: request)
      return map.defect == nil ? (entropy(of: map.values) - trained) / trained : nil
    }
    guard !rises.isEmpty else { throw NotApplicable("constant or not finite map with all layers randomised") }
    return Score(rises.reduce(0, +) / Double(rises.count))
  }

  /// The entropy of a histogram, in nats.
  func entropy(of values: [Float]) -> Double {
    guard let low = values.min(), let high = values.max(), high > low else { return 0 }
    let scale = Double(bins) / (Double(high) - Double(low))
    var counts = [Int](repeating: 0, count: bins)
    for value in values { counts[min(Int((Double(value) - Double(low)) * scale), bins - 1)] += 1 }
    let total = Double(values.count)
    return counts.reduce(0) { $1 > 0 ? $0 - Double($1) / total * log(Double($1) / total) : $0 }
  }
}
