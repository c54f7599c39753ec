internal import Configuration
public import SaliencyCore

/// Sensitivity-n: whether subsets of n pixels cost what the map says, for several n.
///
/// For each n, over `samples` random subsets of n pixels: Pearson's correlation of the sum of the map with the drop of the explained score when the
/// subset is replaced by the fill. The number is the mean over n; the curve has one point for each. A map that satisfies sensitivity-n
/// for all n is a linear model's own.
///
/// M. Ancona et al., "Towards better understanding of gradient-based attribution methods", ICLR 2018, arXiv:1711.06104, definition 1 and
/// section 4: 100 subsets for n from 1 to 80% of the features.
///
/// Known deviations elsewhere: Quantus removes cumulatively in the order of the map, correlates across the images of its first batch, and
/// not across subsets.
public struct SensitivityN: Metric {
  public static let descriptor = MetricDescriptor(
    "sensitivity-n", title: "Sensitivity-n", category: .faithfulness, direction: .higher,
    paper: "Ancona 2018, arXiv:1711.06104", needs: [.target])

  /// The sizes of the subsets as shares of the image's pixels.
  public var shares = [0.01, 0.1, 0.2, 0.4, 0.8]
  /// How many subsets of each size.
  public var samples = 100
  /// What removed pixels are replaced by.
  public var fill = Fill.zero

  public init() {}

  /// The metric with other sizes and another number of subsets.
  public init(shares: [Double], samples: Int = 100) {
    self.shares = shares
    self.samples = samples
  }

  public func validate() throws {
    let isRising = zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 }
    try Self.require(
      "shares", shares, !shares.isEmpty && isRising && shares.allSatisfy { $0 > 0 && $0 < 1 },
      expected: "rising numbers between 0 and 1")
    try Self.require("samples", samples, in: 3...Self.largestCount)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(shared: shares.count * samples + 1)
  }

  public func expectedMemory(for model: Model) -> Int {
    model.inputShape[0] * model.inputShape[1] * samples * MemoryLayout<Int32>.stride
  }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let sizes = shares.map { $0.pixelCount(of: subject.map.values.count) }
    let removals = try subject.subsetRemovals(sizes: sizes, samples: samples, fill: fill)
    let correlations = zip(sizes, removals.drops).map { size, drops in
      Correlation.pearson(removals.sums(of: subject.map, size: size), drops)
    }
    let curve = Curve(
      "sensitivity-n", xTitle: "share of pixels removed", yTitle: "correlation", x: shares, y: correlations)
    guard let mean = curve.mean else {
      throw NotApplicable("the subsets are all worth the same, or the score does not change")
    }
    let missing = correlations.contains { $0 == nil }
    return Score([mean], curves: [curve], reason: missing ? "no correlation for some sizes" : nil)
  }
}
