internal import Configuration
internal import SaliencyCore

/// Precision at k: how much of what is marked highest is the object, for several k.
///
/// For each k the share of the k highest pixels that lie on the region; equal values keep their row-major order. The first number is the mean over k,
/// the second the average precision: the mean over the region's pixels of the precision at each one's place in the ranking. The map is resized to the
/// annotated image. A map that has nothing to do with the object scores about the region's share of the image.
///
/// C. D. Manning, P. Raghavan, H. Schuetze, "Introduction to Information Retrieval", 2008, section 8.4, for pixels in
/// place of documents. Where k is one number, this is `TopKIntersection`; where it is the region's size, `RelevanceRank`.
public struct PrecisionAtK: Metric {
  public static let descriptor = MetricDescriptor(
    "precision-at-k", title: "Precision at k", category: .localisation,
    paper: "Manning 2008, Introduction to Information Retrieval", needs: [.region],
    values: [
      MetricValue("mean", title: "Precision at k, mean", direction: .higher),
      MetricValue("average-precision", title: "Average precision", direction: .higher),
    ])

  /// Each k as a share of the annotated image's pixels.
  public var shares = [0.01, 0.02, 0.05, 0.1, 0.2]
  /// Whether objects are taken by their masks or by their boxes.
  public var region = Region.maskOrBox

  public init() {}

  /// The metric with other numbers of pixels.
  public init(shares: [Double], region: Region = .maskOrBox) {
    self.shares = shares
    self.region = region
  }

  public func validate() throws {
    let isRising = zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 }
    try Self.require(
      "shares", shares, !shares.isEmpty && isRising && shares.allSatisfy { $0 > 0 && $0 < 1 },
      expected: "rising numbers between 0 and 1")
  }

  public func score(_ subject: Subject) throws -> Score {
    let annotations = try subject.requiredAnnotations()
    let mask = try subject.region(region, labelled: nil, in: annotations)
    let pixels = mask.pixels
    let order = try subject.map(on: annotations).requiredRanking()
    var (hits, precisions, average) = (0, [Double](), 0.0)
    for (k, pixel) in order.enumerated() {
      if pixels[pixel] { hits += 1 }
      precisions.append(Double(hits) / Double(k + 1))
      if pixels[pixel] { average += precisions[k] }
    }
    let curve = Curve(
      "precision", xTitle: "share of pixels", yTitle: "precision", x: shares,
      y: shares.map { precisions[$0.pixelCount(of: order.count) - 1] })
    return Score([curve.mean, average / Double(hits)], curves: [curve])
  }
}
