internal import Configuration
internal import SaliencyCore

/// Energy-based pointing game: the share of the map's positive energy that lies on the object.
///
/// sum over the region of max(a, 0) / sum of max(a, 0), the map enlarged to the annotated image. A constant map scores the
/// region's share of the image.
///
/// H. Wang et al., "Score-CAM", CVPR Workshops 2020, arXiv:1910.01279, section 4.3 (with boxes).
public struct EnergyPointingGame: Metric {
  public static let descriptor = MetricDescriptor(
    "energy-pointing-game", title: "Energy pointing game", category: .localisation, direction: .higher,
    paper: "Wang 2020, arXiv:1910.01279", needs: [.region])

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
    return Score(try subject.map(on: annotations).positiveShare(in: mask))
  }
}

extension SaliencyMap {
  /// The positive energy inside over all of it.
  ///
  /// - Throws: `NotApplicable` where there is none.
  func positiveShare(in mask: Mask) throws(NotApplicable) -> Double {
    guard let share = share(in: mask, of: { max($0, 0) }) else {
      throw NotApplicable("the map has no positive value")
    }
    return share
  }

  /// The sum of a quantity inside over that of the whole map; nil where the whole is 0.
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
