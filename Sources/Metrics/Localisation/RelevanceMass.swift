internal import Configuration
public import SaliencyCore

/// Relevance mass accuracy: the share of the map's magnitude that lies on the object.
///
/// sum over the region of |a| / sum of |a|, the map resized to the annotated image. 1 for a map that is 0 outside; the
/// region's share of the image for a constant one.
///
/// L. Arras, A. Osman, W. Samek, "CLEVR-XAI", Information Fusion 2022, arXiv:2003.07258, equation 8 (of maps pooled to
/// positive numbers).
///
/// Known deviations elsewhere: Quantus sums signed values unless told otherwise, and so leaves [0, 1].
public struct RelevanceMass: RegionMetric {
  public static let descriptor = MetricDescriptor(
    "relevance-mass", title: "Relevance mass", category: .localisation, direction: .higher,
    paper: "Arras 2022, arXiv:2003.07258", needs: [.region])

  public var region = Region.maskOrBox
  public var object: String?

  public init() {}

  public func score(_ map: SaliencyMap, in mask: Mask) throws(NotApplicable) -> Double {
    guard let share = map.share(in: mask, of: abs) else { throw NotApplicable("the map is all zero") }
    return share
  }
}
