internal import Configuration
public import SaliencyCore

/// Relevance rank accuracy: how many of the K highest pixels lie on the object of K pixels.
///
/// |top-K within the region| / K, K the number of pixels of the region, the map resized to the annotated image; equal values
/// keep their row-major order.
///
/// L. Arras, A. Osman, W. Samek, "CLEVR-XAI", Information Fusion 2022, arXiv:2003.07258, equation 9.
public struct RelevanceRank: RegionMetric {
  public static let descriptor = MetricDescriptor(
    "relevance-rank", title: "Relevance rank", category: .localisation, direction: .higher,
    paper: "Arras 2022, arXiv:2003.07258", needs: [.region])

  public var region = Region.maskOrBox
  public var object: String?

  public init() {}

  public func score(_ map: SaliencyMap, in mask: Mask) throws(NotApplicable) -> Double {
    let pixels = mask.pixels
    let hits = try map.requiredRanking().prefix(mask.area).count { pixels[$0] }
    return Double(hits) / Double(mask.area)
  }
}
