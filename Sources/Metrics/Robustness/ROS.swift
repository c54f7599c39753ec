internal import Configuration
internal import SaliencyCore

/// Relative output stability: the largest change of the attribution in relation to that of the model's scores.
///
/// max over `samples` of |(phi(x) - phi(x')) / phi(x)| / |f(x) - f(x')|, f all scores before the softmax, in the L2 norm,
/// the quotients taken element by element, over perturbed images x' for which the model predicts the class that it
/// predicts for x.  The perturbed images and held noise are those of `MaxSensitivity`, whose attributions are computed
/// once for both.
///
/// C. Agarwal et al., "Rethinking Stability for Attribution-based Explanations", 2022, arXiv:2203.06877. Divisors below 1e-6 of the
/// largest magnitude count as that; for maps that are mostly zero (class activation maps) such elements decide the value: a property of the paper's
/// definition.
///
/// Known deviations elsewhere: Quantus draws 200, adds 1e-6 to divisors that are exactly 0, and gives NaN if the prediction changes for any sample.
public struct ROS: NoiseSensitivity {
  public static let descriptor = MetricDescriptor(
    "ros", title: "Relative output stability", category: .robustness, direction: .lower,
    paper: "Agarwal 2022, arXiv:2203.06877", needs: [.method])

  /// How many perturbed images.
  public var samples = 10
  /// The largest change of an element as a fraction of the image's range.
  public var radius: Float = 0.02

  public init() {}

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed(times: samples), shared: Passes(forward: 2 * (samples + 1)))
  }

  public func score(_ subject: Subject) throws -> Score {
    try subject.relativeStability(self) { _, output in output.scores }
  }
}
