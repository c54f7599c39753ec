internal import Configuration
internal import SaliencyCore

/// Local Lipschitz estimate: the steepest change of the attribution near the image.
///
/// The second number is the paper's: max over `samples` of |phi(x) - phi(x')| / |x - x'| in the L2 norm, x' = x + e, e
/// uniform in (-r, r), r = `radius` times the image's range. It grows with the attribution's scale, so that it compares
/// images and models but not methods; the first number is that of the relative changes, (|phi(x) - phi(x')| / |phi(x)|) /
/// (|x - x'| / |x|). Noise of stochastic methods is held.
///
/// D. Alvarez-Melis, T. Jaakkola, "On the Robustness of Interpretability Methods", 2018, arXiv:1806.08049, equation 2. The paper searches the ball
/// by optimisation; here it is sampled with the perturbed images of `MaxSensitivity`, whose attributions are computed once for both.
///
/// Known deviations elsewhere: Quantus draws 200 of normal noise of deviation 0.1, absolute.
public struct LocalLipschitz: NoiseSensitivity {
  public static let descriptor = MetricDescriptor(
    "local-lipschitz", title: "Local Lipschitz estimate", category: .robustness,
    paper: "Alvarez-Melis 2018, arXiv:1806.08049", needs: [.method],
    values: [
      MetricValue("relative", title: "Local Lipschitz estimate, relative", direction: .lower),
      MetricValue("absolute", title: "Local Lipschitz estimate", direction: .lower),
    ])

  /// How many perturbed images.
  public var samples = 10
  /// The largest change of an element as a fraction of the image's range.
  public var radius: Float = 0.02

  public init() {}

  public func score(_ subject: Subject) throws -> Score {
    let changes = try subject.attributionChanges(self).filter { $0.image > 0 }
    guard !changes.isEmpty else { throw NotApplicable("no perturbation changes the image") }
    let steepest = changes.reduce(0) { max($0, $1.relative / $1.image) }
    return Score([steepest * subject.input.norm, steepest * subject.attribution.values.norm])
  }
}
