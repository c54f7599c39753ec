internal import Configuration
internal import SaliencyCore

/// Max-sensitivity: how much the attribution changes, at worst, when the image hardly does.
///
/// max over `samples` of |phi(x) - phi(x + e)| / |phi(x)| in the L2 norm, e uniform in (-r, r), r = `radius` times the image's range; phi
/// is the attribution as the method gives it. The noise of stochastic methods (SmoothGrad) is that of the unperturbed image.
///
/// C.-K. Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, arXiv:1901.09392, definition 3.1; 10 samples of
/// radius 0.02 as in Captum.
///
/// Known deviations elsewhere: Captum's radius is absolute; Quantus draws 200 of radius 0.2, and with `normalise` its value depends on
/// the batch; both draw other noise for stochastic methods.
public struct MaxSensitivity: NoiseSensitivity {
  public static let descriptor = MetricDescriptor(
    "max-sensitivity", title: "Max-sensitivity", category: .robustness, direction: .lower,
    paper: "Yeh 2019, arXiv:1901.09392", needs: [.method])

  /// How many perturbed images.
  public var samples = 10
  /// The largest change of an element as a fraction of the image's range.
  public var radius: Float = 0.02

  public init() {}

  public func score(_ subject: Subject) throws -> Score {
    Score(try subject.attributionChanges(self).reduce(0) { max($0, $1.relative) })
  }
}
