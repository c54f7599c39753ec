internal import Configuration
internal import SaliencyCore

/// AIC, accuracy information curve: with how much information the model finds the class again, the map's highest pixels first.
///
/// The curve of `InformationCurve`, whose performance is 1 where the class is the one predicted, else 0; the number is
/// the area under it, and its mean over images the area under the accuracy's curve. Not applicable to an image whose
/// predicted class is another, or is the class already when only random pixels are known.
///
/// A. Kapishnikov et al., "XRAI: Better Attributions Through Regions", ICCV 2019, arXiv:1906.02825, section 4.
///
/// Known deviations: as for `SIC`.
public struct AIC: Metric {
  public static let descriptor = MetricDescriptor(
    "aic", title: "AIC", category: .faithfulness, direction: .higher,
    paper: "Kapishnikov 2019, arXiv:1906.02825",
    needs: [.target])

  /// How much of the image is known, as rising shares of its pixels.
  public var shares = InformationCurve.shares
  /// The share of random pixels that are always known.
  public var known = 0.01

  public init() {}

  public func validate() throws { try InformationCurve.validate(Self.self, shares: shares, known: known) }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: shares.count, shared: 2)
  }

  public func score(_ subject: Subject) throws -> Score {
    let points = try InformationCurve(subject, shares: shares, known: known)
    guard points.whole.isPredicted else { throw NotApplicable("the model predicts another class") }
    guard !points.empty.isPredicted else {
      throw NotApplicable("the model predicts the class from a few random pixels")
    }
    let curve = points.curve("aic", "class predicted") { $0.isPredicted ? 1 : 0 }
    return Score(InformationCurve.area(of: curve), curves: [curve])
  }
}
