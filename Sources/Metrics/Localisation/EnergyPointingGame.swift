internal import Configuration
public import SaliencyCore

/// Energy-based pointing game: the share of the map's positive energy that lies on the object.
///
/// sum over the region of max(a, 0) / sum of max(a, 0), the map resized to the annotated image. A constant map scores the
/// region's share of the image.
///
/// H. Wang et al., "Score-CAM", CVPR Workshops 2020, arXiv:1910.01279, section 4.3 (with boxes).
public struct EnergyPointingGame: RegionMetric {
  public static let descriptor = MetricDescriptor(
    "energy-pointing-game", title: "Energy pointing game", category: .localisation, direction: .higher,
    paper: "Wang 2020, arXiv:1910.01279", needs: [.region])

  public var region = Region.maskOrBox
  public var object: String?

  public init() {}

  public func score(_ map: SaliencyMap, in mask: Mask) throws(NotApplicable) -> Double {
    try map.positiveShare(in: mask)
  }
}

extension SaliencyMap {
  /// The positive energy inside over all of it.
  ///
  /// - Throws: `NotApplicable` if there is none.
  func positiveShare(in mask: Mask) throws(NotApplicable) -> Double {
    guard let share = share(in: mask, of: { max($0, 0) }) else {
      throw NotApplicable("the map has no positive value")
    }
    return share
  }

  /// The sum of a quantity inside over that of the whole map; nil if the whole is 0.
  func share(in mask: Mask, of quantity: (Double) -> Double) -> Double? {
    var (inside, all) = (0.0, 0.0)
    for (value, isInside) in zip(values, mask.pixels) {
      let energy = quantity(Double(value))
      all += energy
      if isInside { inside += energy }
    }
    return all > 0 ? inside / all : nil
  }
}
