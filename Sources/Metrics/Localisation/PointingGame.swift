internal import Configuration
internal import SaliencyCore

/// Pointing game: whether the map's highest point is on the object, or near it.
///
/// 1 if the first maximum of the map, resized to the annotated image, is within `tolerance` (in a straight line) of an
/// annotated pixel of the class, else 0. A dataset's number is the mean over the classes of each class's hits. A map without
/// a single highest value (constant, all zero) is not applicable, as is an image whose objects of the class are
/// all marked difficult.
///
/// J. Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016, arXiv:1608.00507, section 4.1.
///
/// Known deviations: TorchRay, the reference, asks for less than 15 pixels whatever the image's size; here the distance grows with the image,
/// and a pixel at just that distance counts. Elsewhere: Quantus counts every tied
/// maximum, has no tolerance, and takes an empty mask for a hit.
public struct PointingGame: Metric {
  public static let descriptor = MetricDescriptor(
    "pointing-game", title: "Pointing game", category: .localisation,
    paper: "Zhang 2016, arXiv:1608.00507", needs: [.region],
    values: [MetricValue("hit", title: "Pointing game", direction: .higher)], average: .classes)

  /// The largest distance of a hit on the annotated image: below 1 a share of sqrt(height x width), from 1 on pixels.
  ///
  /// The default is the paper's 15 pixels of an image of 224 x 224.
  public var tolerance = 15.0 / 224
  public var region = Region.maskOrBox

  public init() {}

  /// The metric with another tolerance and kind of region.
  public init(tolerance: Double, region: Region = .maskOrBox) {
    self.tolerance = tolerance
    self.region = region
  }

  public func validate() throws {
    try Self.require("tolerance", tolerance, in: 0...1e9, unit: "pixels")
  }

  public func score(_ subject: Subject) throws -> Score {
    let annotations = try subject.requiredAnnotations()
    let target = try subject.requiredClass()
    let mask = try annotations.region(ofClass: target, region)
    if annotations.objects(ofClass: target).allSatisfy(\.isDifficult) {
      throw NotApplicable("every object of the target class is marked difficult")
    }
    try subject.map.requireContrast()
    let map = subject.map(on: annotations)
    let peak = map.indexOfMaximum
    let (row, column) = (peak / map.width, peak % map.width)
    let reach = tolerance.pixelLength(height: map.height, width: map.width)
    let isHit = mask.pixels.enumerated().contains { i, inside in
      guard inside else { return false }
      let (dy, dx) = (Double(i / map.width - row), Double(i % map.width - column))
      return dy * dy + dx * dx <= reach * reach
    }
    return Score(isHit ? 1 : 0)
  }
}

extension SaliencyMap {
  /// The first of the highest pixels.
  var indexOfMaximum: Int {
    values.indices.dropFirst().reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }
}
