internal import Configuration
internal import SaliencyCore

/// Random logit: how alike the maps for the class and for another, drawn class are.
///
/// SSIM of the two maps, each scaled to [0, 1] with its sign; the other class is drawn evenly from all others, keyed by seed and
/// image. 1 for a method that gives the same map for every class.
///
/// L. Sixt, M. Granz, T. Landgraf, "When Explanations Lie", ICML 2020, arXiv:1912.09818, section 5.
///
/// Known deviations elsewhere: Quantus takes the SSIM of flattened maps, has the number of classes as a constant, and
/// divides maps by the maximum of the batch (0.435, 0.588, 0.652 for batches of 1, 5, 40); xplique scales both maps by
/// one range.
public struct RandomLogit: Metric {
  public static let descriptor = MetricDescriptor(
    "random-logit", title: "Random logit", category: .randomisation, direction: .lower,
    paper: "Sixt 2020, arXiv:1912.09818", needs: [.method])

  public init() {}

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed())
  }

  public func score(_ subject: Subject) throws -> Score {
    let classes = subject.model.classCount
    let target = try subject.requiredClass()
    guard classes > 1 else { throw NotApplicable("the model has one class only") }
    try subject.map.requireContrast()
    let drawn = subject.random(.otherClass).integer(below: classes - 1, at: 0)
    let other = try subject.map(ofClass: drawn < target ? drawn : drawn + 1)
    if let defect = other.defect { throw NotApplicable("the map of the other class is \(defect.rawValue)") }
    guard let value = StructuralSimilarity.of(subject.map.scaledToUnit(), other.scaledToUnit()) else {
      throw NotApplicable("the map is smaller than SSIM's window of 11 x 11")
    }
    return Score(value)
  }
}
