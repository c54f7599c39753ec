internal import Configuration
public import SaliencyCore

/// A metric that compares a map with one region of the annotated image: the objects of the target class, or those of a label.
///
/// A metric of this kind is a struct with the two parameters and `score(_:in:)`.
public protocol RegionMetric: Metric {
  /// Whether objects are taken by their masks or by their boxes.
  var region: Region { get set }

  /// The label of the objects, as the dataset has it; nil for those of the target class.
  ///
  /// With it a metric measures how much of a map lies on something that is no class: a tag that a model reads.
  var object: String? { get set }

  /// The metric value of a map.
  ///
  /// - Parameters:
  ///   - map: The map, resized to the annotated image.
  ///   - mask: The region, of the map's size; not empty.
  /// - Throws: `NotApplicable`.
  func score(_ map: SaliencyMap, in mask: Mask) throws(NotApplicable) -> Double
}

extension RegionMetric {
  /// The metric for a kind of region, and for objects of a label.
  public init(region: Region = .maskOrBox, object: String? = nil) {
    self.init()
    self.region = region
    self.object = object
  }

  public var objectLabel: String? { object }

  public func score(_ subject: Subject) throws -> Score {
    let annotations = try subject.requiredAnnotations()
    let mask = try subject.region(region, labelled: object, in: annotations)
    return Score(try score(subject.map(on: annotations), in: mask))
  }
}
