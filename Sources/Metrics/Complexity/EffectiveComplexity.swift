internal import Configuration
internal import SaliencyCore

/// Effective complexity: how few of the highest pixels are enough for the model to give its score.
///
/// The k pixels of the largest magnitude of the map are kept, the others drawn again, uniform over the image's range. The
/// number is the smallest share k of `steps` equal steps for which E[(f(x) - f(x'))²] <= `tolerance` times that of an
/// image drawn entirely again; f is the explained score. The draws are the same for every map of the image.
///
/// A. Nguyen, M. R. Martinez, "On quantitative aspects of model interpretability", 2020, arXiv:2007.07584, section 3.3. The paper leaves loss and
/// tolerance open.
///
/// Known deviations elsewhere: Quantus counts values above 1e-5 after a division by the largest of the whole batch, without the model.
public struct EffectiveComplexity: Metric {
  public static let descriptor = MetricDescriptor(
    "effective-complexity", title: "Effective complexity", category: .complexity, direction: .lower,
    paper: "Nguyen 2020, arXiv:2007.07584", needs: [.target])

  /// How much of the loss of an image drawn again is allowed.
  public var tolerance = 0.1
  /// How many steps the share of pixels goes up in.
  public var steps = 20
  /// How often the other pixels are drawn.
  public var samples = 5

  public init() {}

  /// The metric with another tolerance, and other numbers of steps and draws.
  public init(tolerance: Double, steps: Int = 20, samples: Int = 5) {
    (self.tolerance, self.steps, self.samples) = (tolerance, steps, samples)
  }

  public func validate() throws {
    try Self.require("tolerance", tolerance, above: 0, atMost: 1)
    try Self.require("steps", steps, in: 2...Self.largestCount)
    try Self.require("samples", samples, in: 1...Self.largestCount)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: (steps + 1) * samples, shared: 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    let magnitudes = SaliencyMap(
      height: subject.map.height, width: subject.map.width, values: subject.map.values.map(abs))
    let order = try magnitudes.requiredRanking()
    let noise = try (0..<samples).map { try subject.resampled($0) }
    let channels = subject.input.shape[3]
    let before = try subject.explainedScore()
    let counts = (0...steps).map { $0 * order.count / steps }
    let values = try subject.responses(.explainedScore, to: counts.count * samples) { i, copy in
      copy.take(order[counts[i / samples]...], of: noise[i % samples], channels: channels)
    }
    let losses = counts.indices.map { k in
      values[(k * samples)..<((k + 1) * samples)].reduce(0) { $0 + (before - $1) * (before - $1) }
        / Double(samples)
    }
    guard losses[0] > 0 else {
      throw NotApplicable("the score does not change if the whole image is drawn again")
    }
    let curve = Curve(
      "effective-complexity", xTitle: "share of pixels kept", yTitle: "relative loss",
      x: counts.map { Double($0) / Double(order.count) }, y: losses.map { $0 / losses[0] })
    let enough = losses.firstIndex { $0 <= tolerance * losses[0] } ?? steps
    return Score([curve.x[enough]], curves: [curve])
  }
}
