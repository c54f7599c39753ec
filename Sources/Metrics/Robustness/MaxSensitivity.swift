internal import Configuration
internal import SaliencyCore

/// Max-sensitivity: how much the attribution changes, at worst, when the image hardly does.
///
/// max over `draws` of |phi(x) - phi(x + e)| / |phi(x)| in the L2 norm, e uniform in (-r, r), r = `radius` times the image's range; phi
/// is the attribution as the method gives it.
///
/// C.-K. Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, arXiv:1901.09392, definition 3.1; 10 draws of
/// radius 0.02 as in Captum.
///
/// Known deviations elsewhere: Captum's radius is absolute; Quantus draws 200 of radius 0.2; xplique's AverageStability is a mean,
/// not divided by the norm.
public struct MaxSensitivity: Metric {
  public static let descriptor = MetricDescriptor(
    "max-sensitivity", title: "Max-sensitivity", category: .robustness, direction: .lower,
    paper: "Yeh 2019, arXiv:1901.09392", needs: [.method])

  /// How many perturbed images.
  public var draws = 10
  /// The largest change of an element as a fraction of the image's range.
  public var radius: Float = 0.02

  public init() {}

  public init(draws: Int, radius: Float = 0.02) {
    self.draws = draws
    self.radius = radius
  }

  public var complaint: String? {
    if let problem = Self.complaint("draws", draws) { return problem }
    if radius > 100 { return "radius: found \(radius), wanted at most 100 (times the image's range)" }
    return radius > 0 ? nil : "radius: found \(radius), wanted more than 0"
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.askedAnew(times: draws))
  }

  public func score(_ subject: Subject) throws -> Score {
    let phi = subject.attribution.values
    let norm = phi.norm
    guard norm > 0 else { throw NotApplicable("the attribution is all zero") }
    let r = radius * (try subject.inputRange())
    var worst = 0.0
    for start in stride(from: 0, to: draws, by: subject.batchSize) {
      let numbers = start..<min(start + subject.batchSize, draws)
      let images = numbers.map {
        subject.input + subject.random(.sensitivity, $0).uniform(-r..<r, shape: subject.input.shape)
      }
      let asked = try subject.request.asked(about: Tensor(concatenating: images))
      let answers = try subject.method.attribution(for: asked).values
      for i in 0..<numbers.count {
        let change = (answers.sample(i) - phi).norm / norm
        guard change.isFinite else { throw NotApplicable("a perturbed image's attribution is not finite") }
        worst = max(worst, change)
      }
    }
    return Score(worst)
  }
}
