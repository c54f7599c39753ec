internal import Configuration
internal import SaliencyCore

/// IROF, iterative removal of features: how fast the class's probability falls as superpixels go, the most relevant first.
///
/// The image is cut into SLIC superpixels, ranked by the mean of the map over each, and removed one after another (replaced by the image's mean
/// colour). The number is the area over the curve p(x_k) / p(x), both ends included: 1 less the trapezoid rule divided by the number of segments.
///
/// L. Rieger, L. K. Hansen, "IROF: a low resource evaluation metric for explanation methods", 2020, arXiv:2003.08747. The paper does not
/// divide by the number of segments.
///
/// Known deviations elsewhere: Quantus does not divide by the number of segments, fills with the mean of the whole batch, and fails on
/// colour images.
public struct IROF: Metric {
  public static let descriptor = MetricDescriptor(
    "irof", title: "IROF", category: .faithfulness, direction: .higher,
    paper: "Rieger 2020, arXiv:2003.08747",
    needs: [.target])

  /// About how many superpixels.
  public var segments = 100
  /// The weight of position against colour in SLIC.
  public var compactness = 10.0
  /// What removed superpixels are replaced by.
  public var fill = Fill.mean

  public init() {}

  /// The metric with another number of superpixels.
  public init(segments: Int) { self.segments = segments }

  public func validate() throws {
    try Self.require("segments", segments, in: 2...10_000)
    try Self.require("compactness", compactness, above: 0, atMost: 1e6)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: segments + 1, shared: 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    try subject.map.requireContrast()
    let before = try subject.probability()
    guard before > 0 else { throw NotApplicable("the class's probability is 0") }
    let pieces = subject.shared.value(for: "superpixels \(segments), \(compactness)") {
      SLIC(segments: segments, compactness: compactness).segments(of: subject.input)
    }
    guard pieces.count > 1 else { throw NotApplicable("the image is a single superpixel") }
    let means = pieces.map { pixels -> Double in
      let sum = pixels.reduce(0.0) { $0 + Double(subject.map.values[$1]) }
      return sum / Double(pixels.count)
    }
    let curve = try subject.removalCurve(
      "irof", of: PixelGrid.order(means).map { pieces[$0] }, steps: pieces.count,
      replacedBy: subject.replacement(fill), response: .probability)
    return Score([curve.areaUnderCurve.map { 1 - $0 / before }], curves: [curve])
  }
}
