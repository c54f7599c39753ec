internal import Configuration
internal import SaliencyCore

/// Completeness gap: how far the attribution is from adding up to the change of the score it promises to explain.
///
/// |sum phi - (f(x) - f(x'))| / |f(x) - f(x')|, with the method's own baseline x'; only for methods that promise completeness
/// and report it.
///
/// M. Sundararajan, A. Taly, Q. Yan, "Axiomatic Attribution for Deep Networks", ICML 2017, arXiv:1703.01365.
///
/// Known deviations elsewhere: Quantus tests two floats for equality after dividing the map by its maximum.
public struct CompletenessGap: Metric {
  public static let descriptor = MetricDescriptor(
    "completeness-gap", title: "Completeness gap", category: .axioms, direction: .lower,
    paper: "Sundararajan 2017, arXiv:1703.01365", needs: [.completeness])

  public init() {}

  public func score(_ subject: Subject) throws -> Score {
    guard let gap = subject.attribution.completenessGap?.first else {
      throw NotApplicable("\(type(of: subject.method).descriptor.title) does not promise completeness")
    }
    guard gap.isFinite else { throw NotApplicable("the score is that of the baseline") }
    return Score(Double(gap))
  }
}
