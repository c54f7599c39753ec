internal import Configuration
internal import SaliencyCore

/// Average sensitivity: how much the attribution changes, on average, when the image hardly does.
///
/// The mean over `samples` of |phi(x) - phi(x + e)| / |phi(x)|, of which `MaxSensitivity` is the maximum: the same perturbed images, and the
/// same held noise of stochastic methods. With both in an experiment the attributions are computed once.
///
/// C.-K. Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, arXiv:1901.09392 (whose maximum it averages); the
/// mean as in U. Bhatt et al., IJCAI 2020, arXiv:2005.00631, section 3.2.
///
/// Known deviations elsewhere: xplique's AverageStability adds positive noise only, and does not divide by the norm; Quantus draws 200 of
/// radius 0.2.
public struct AvgSensitivity: NoiseSensitivity {
  public static let descriptor = MetricDescriptor(
    "avg-sensitivity", title: "Average sensitivity", category: .robustness, direction: .lower,
    paper: "Yeh 2019, arXiv:1901.09392", needs: [.method])

  /// How many perturbed images.
  public var samples = 10
  /// The largest change of an element as a fraction of the image's range.
  public var radius: Float = 0.02

  public init() {}

  public func score(_ subject: Subject) throws -> Score {
    let changes = try subject.attributionChanges(self)
    return Score(changes.reduce(0) { $0 + $1.relative } / Double(changes.count))
  }
}
