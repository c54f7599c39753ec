internal import Configuration
internal import SaliencyCore

/// Faithfulness correlation: whether removing random pixels costs as much of the score as the map says they are worth.
///
/// Over `samples` random subsets S of `subset` pixels (at most half the image): Pearson's correlation of sum_S a with
/// f(x) - f(x with S replaced by the fill), f the explained score, a the map. The subsets depend on the seed and the image alone.
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
  /// How many pixels each has.
  public var subset = 224
  /// What they are replaced by.
  public var fill = Fill.zero

  public init() {}

  /// The metric with another number and size of subsets.
  public init(samples: Int, subset: Int = 224, fill: Fill = .zero) {
    self.samples = samples
    self.subset = subset
    self.fill = fill
  }

  public func validate() throws {
    try Self.require("samples", samples, in: 3...Self.largestCount)
    try Self.require("subset", subset, in: 1...Self.largestCount, unit: "pixels")
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(shared: samples + 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    let trial = try subject.shared.value(for: "\(canonicalJSON), seed \(subject.seed)") {
      try removals(subject)
    }
    let sums = trial.subsets.map { pixels in pixels.reduce(0) { $0 + Double(subject.map.values[Int($1)]) } }
    guard let value = Correlation.pearson(sums, trial.drops) else {
      try subject.map.requireContrast()
      throw NotApplicable("the subsets are all worth the same, or the score does not change")
    }
    return Score(value)
  }

  private struct Trial: Sendable {
    let subsets: [[Int32]]
    let drops: [Double]
  }

  private func removals(_ subject: Subject) throws -> Trial {
    let pixels = subject.map.values.count
    let size = min(subset, max(pixels / 2, 1))
    let subsets = (0..<samples).map { sample in
      subject.random(.subsets, sample).permutation(of: pixels).prefix(size).map(Int32.init)
    }
    let channels = subject.input.shape[3]
    let replacement = subject.replacement(fill)
    let score = try subject.explainedScore()
    let responses = try subject.responses(.explainedScore, to: samples) { sample, copy in
      replacement.withUnsafeScalars { replacement in
        for pixel in subsets[sample] {
          for i in (Int(pixel) * channels)..<((Int(pixel) + 1) * channels) { copy[i] = replacement[i] }
        }
      }
    }
    return Trial(subsets: subsets, drops: responses.map { score - $0 })
  }
}
