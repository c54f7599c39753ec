internal import Configuration
internal import SaliencyCore

/// Relevance mass accuracy: the share of the map's magnitude that lies on the object.
///
/// sum over the region of |a| / sum of |a|, the map enlarged to the annotated image. 1 for a map that is 0 outside; the
/// region's share of the image for a constant one.
///
/// L. Arras, A. Osman, W. Samek, "CLEVR-XAI", Information Fusion 2022, arXiv:2003.07258, equation 8 (of maps pooled to
/// positive numbers).
///
/// Known deviations elsewhere: Quantus sums signed values unless told otherwise, and so leaves [0, 1].
public struct RelevanceMass: Metric {
  public static let descriptor = MetricDescriptor(
    "relevance-mass", title: "Relevance mass", category: .localisation, direction: .higher,
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
    guard let share = subject.map(on: annotations).share(in: mask, of: abs) else {
      throw NotApplicable("the map is all zero")
    }
    return Score(share)
  }
}
