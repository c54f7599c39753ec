internal import Configuration
internal import SaliencyCore

/// Max-sensitivity: how much the attribution changes, at worst, when the image hardly does.
///
/// max over `samples` of |phi(x) - phi(x + e)| / |phi(x)| in the L2 norm, e uniform in (-r, r), r = `radius` times the image's range; phi
/// is the attribution as the method gives it.
///
/// C.-K. Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, arXiv:1901.09392, definition 3.1; 10 samples of
/// radius 0.02 as in Captum.
///
/// Known deviations elsewhere: Captum's radius is absolute; Quantus draws 200 of radius 0.2; xplique's AverageStability is a mean,
/// not divided by the norm.
public struct MaxSensitivity: Metric {
  public static let descriptor = MetricDescriptor(
    "max-sensitivity", title: "Max-sensitivity", category: .robustness, direction: .lower,
    paper: "Yeh 2019, arXiv:1901.09392", needs: [.method])

  /// How many perturbed images.
  public var samples = 10
  /// The largest change of an element as a fraction of the image's range.
  public var radius: Float = 0.02

  public init() {}

  /// The metric with another number of perturbed images and another radius.
  public init(samples: Int, radius: Float = 0.02) {
    self.samples = samples
    self.radius = radius
  }

  public func validate() throws {
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("radius", radius, above: 0, atMost: 100, note: "times the image's range")
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed(times: samples))
  }

  public func score(_ subject: Subject) throws -> Score {
    let phi = subject.attribution.values
    let norm = phi.norm
    guard norm > 0 else { throw NotApplicable("the attribution is all zero") }
    let r = radius * (try subject.inputRange())
    var worst = 0.0
    for start in stride(from: 0, to: samples, by: subject.batchSize) {
      let numbers = start..<min(start + subject.batchSize, samples)
      let images = numbers.map {
        subject.input + subject.random(.sensitivity, $0).uniform(-r..<r, shape: subject.input.shape)
      }
      let perturbed = try subject.request.with(inputs: Tensor(concatenating: images))
      let attributions = try subject.method.attribution(for: perturbed).values
      for i in 0..<numbers.count {
        let change = (attributions.sample(i) - phi).norm / norm
        guard change.isFinite else { throw NotApplicable("a perturbed image's attribution is not finite") }
        worst = max(worst, change)
      }
    }
    return Score(worst)
  }
}
