internal import Configuration
internal import SaliencyCore

/// SIC, softmax information curve: how much of the class's probability comes back with how much information, the map's highest pixels first.
///
/// The curve of `InformationCurve`, whose performance is (p_k - p_0) / (p - p_0), cut to [0, 1]: p the class's
/// probability for the image, p_0 for the one in which only random pixels are known, p_k for the one in which the highest
/// share k of the map is known too. The number is the area under it.
///
/// A. Kapishnikov et al., "XRAI: Better Attributions Through Regions", ICCV 2019, arXiv:1906.02825, section 4. The shares are those of the
/// authors' notebook.
///
/// Known deviations: the authors measure the bytes of a compressed file, which depend on the library's version, skip images whose probability is
/// below 0.8, and take the median over images.
public struct SIC: Metric {
  public static let descriptor = MetricDescriptor(
    "sic", title: "SIC", category: .faithfulness, direction: .higher,
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
    let (low, high) = (points.empty.probability, points.whole.probability)
    guard high > low else {
      throw NotApplicable("the class is as probable for the image of a few random pixels as for the image")
    }
    let curve = points.curve("sic", "share of the probability") { ($0.probability - low) / (high - low) }
    return Score(InformationCurve.area(of: curve), curves: [curve])
  }
}
