internal import Configuration
internal import SaliencyCore

/// Relevance rank accuracy: how many of the K highest pixels lie on the object of K pixels.
///
/// |top-K within the region| / K, K the number of pixels of the region, the map enlarged to the annotated image; equal values
/// keep their row-major order.
///
/// L. Arras, A. Osman, W. Samek, "CLEVR-XAI", Information Fusion 2022, arXiv:2003.07258, equation 9.
public struct RelevanceRank: Metric {
  public static let descriptor = MetricDescriptor(
    "relevance-rank", title: "Relevance rank", category: .localisation, direction: .higher,
    paper: "Arras 2022, arXiv:2003.07258", needs: [.region])

  public var region = Region.maskOrBox
  /// The name of the objects to look for, as the data set has it; those of the asked class unless given.
  ///
  /// So one sees how much of a map lies on something else: a tag that a model reads, which is no class of its own.
  public var object: String?

  public init() {}

  public init(region: Region = .maskOrBox, object: String? = nil) {
    self.region = region
    self.object = object
  }

  public var objectLabel: String? { object }

  public func score(_ subject: Subject) throws -> Score {
    let annotations = try subject.requiredAnnotations()
    let mask = try subject.region(region, labelled: object, in: annotations)
    let pixels = mask.pixels
    let order = try subject.map(on: annotations).requiredRanking()
    let hits = order.prefix(mask.area).count { pixels[$0] }
    return Score(Double(hits) / Double(mask.area))
  }
}
