internal import Configuration
public import SaliencyCore

/// Top-k intersection: how many of the k highest pixels lie on the object.
///
/// |top-k within the region| / k, the map resized to the annotated image; equal values keep their row-major order. An object of fewer than k pixels
/// cannot score 1.
///
/// J. Theiner, E. Mueller-Budack, R. Ewerth, "Interpretable Semantic Photo Geolocation", WACV 2022, arXiv:2104.14995, section 4: k = 1000
/// of an image of 224 x 224; here 2% of the pixels.
///
/// Known deviations elsewhere: Quantus counts channel values, of which a grey map has three for each pixel.
public struct TopKIntersection: RegionMetric {
  public static let descriptor = MetricDescriptor(
    "top-k-intersection", title: "Top-k intersection", category: .localisation, direction: .higher,
    paper: "Theiner 2022, arXiv:2104.14995", needs: [.region])

  /// How many of the highest pixels: below 1 a share of the annotated image's pixels, from 1 on a number.
  public var k = 0.02
  public var region = Region.maskOrBox
  public var object: String?

  public init() {}

  /// The metric with another k.
  public init(k: Double, region: Region = .maskOrBox) {
    self.init(region: region)
    self.k = k
  }

  public func validate() throws { try Self.requireShare("k", k) }

  public func score(_ map: SaliencyMap, in mask: Mask) throws(NotApplicable) -> Double {
    let pixels = mask.pixels
    let highest = try map.requiredRanking().prefix(k.pixelCount(of: pixels.count))
    return Double(highest.count { pixels[$0] }) / Double(highest.count)
  }
}
