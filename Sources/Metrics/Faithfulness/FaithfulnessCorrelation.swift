internal import Configuration
internal import SaliencyCore

/// Faithfulness correlation: whether removing random pixels costs as much of the score as the map says they are worth.
///
/// Over `samples` random subsets S of `subset` pixels (one in 224, as 224 pixels of an image of 224 x 224; at most half
/// the image): Pearson's correlation of sum_S a with f(x) - f(x with S replaced by the fill), f the explained score, a
/// the map. The subsets depend on the seed and the image alone.
///
/// U. Bhatt, A. Weller, J. Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020, arXiv:2005.00631.
///
/// Known deviations elsewhere: Quantus draws channel values, not pixels, and fills with the image's smallest value; xplique's
/// MuFidelity removes cells of a 9 x 9 grid, correlates ranks, and shares its masks within a batch.
public struct FaithfulnessCorrelation: Metric {
  public static let descriptor = MetricDescriptor(
    "faithfulness-correlation", title: "Faithfulness correlation", category: .faithfulness,
    direction: .higher, paper: "Bhatt 2020, arXiv:2005.00631", needs: [.target])

  /// How many subsets.
  public var samples = 100
  /// How many pixels each has: below 1 a share of the image's pixels, from 1 on a number.
  public var subset = Double.oneIn224
  /// What they are replaced by.
  public var fill = Fill.zero

  public init() {}

  /// The metric with another number and size of subsets.
  public init(samples: Int, subset: Double = 1.0 / 224, fill: Fill = .zero) {
    self.samples = samples
    self.subset = subset
    self.fill = fill
  }

  /// The metric with another number of subsets of a number of pixels.
  public init(samples: Int, subset: Int, fill: Fill = .zero) {
    self.init(samples: samples, subset: Double(subset), fill: fill)
  }

  public func validate() throws {
    try Self.require("samples", samples, in: 3...Self.largestCount)
    try Self.requireShare("subset", subset)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(shared: samples + 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    let pixels = subject.map.values.count
    let size = min(subset.pixelCount(of: pixels), max(pixels / 2, 1))
    let removals = try subject.subsetRemovals(sizes: [size], samples: samples, fill: fill)
    guard let value = Correlation.pearson(removals.sums(of: subject.map, size: size), removals.drops[0])
    else {
      try subject.map.requireContrast()
      throw NotApplicable("the subsets are all worth the same, or the score does not change")
    }
    return Score(value)
  }
}
