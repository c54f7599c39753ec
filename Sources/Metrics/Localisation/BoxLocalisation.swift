internal import Configuration
package import SaliencyCore

/// Weakly supervised localisation: whether a box drawn around the map's main part is the object's.
///
/// The map, resized to the annotated image, is cut at `threshold` times its maximum (values at the threshold count); the box
/// around the largest 8-connected part (the first in row-major order of equally large ones) is a hit if its intersection over union with one of
/// the class's boxes is at least `overlap`. A mask without a box counts as the box around it.
///
/// A map that is high everywhere draws the box around the whole image, which hits any object that fills half of it: read the hits
/// beside those of the controls.
///
/// B. Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016, arXiv:1512.04150, section 3.2.
public struct BoxLocalisation: Metric {
  public static let descriptor = MetricDescriptor(
    "box-localisation", title: "Box localisation", category: .localisation,
    paper: "Zhou 2016, arXiv:1512.04150", needs: [.box],
    values: [
      MetricValue("hit", title: "Box hit", direction: .higher),
      MetricValue("iou", title: "Box IoU", direction: .higher),
    ])

  /// What fraction of the map's maximum a pixel must reach.
  public var threshold: Float = 0.2
  /// The least intersection over union of a hit.
  public var overlap = 0.5

  public init() {}

  /// The metric with other thresholds.
  public init(threshold: Float, overlap: Double = 0.5) {
    self.threshold = threshold
    self.overlap = overlap
  }

  public func validate() throws {
    try Self.require("threshold", threshold, threshold > 0 && threshold < 1, expected: "between 0 and 1")
    try Self.require("overlap", overlap, above: 0, atMost: 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    let annotations = try subject.requiredAnnotations()
    let objects = try annotations.requiredObjects(ofClass: subject.requiredClass())
    let boxes = objects.compactMap { $0.box ?? $0.mask?.box }.filter { $0.area > 0 }
    guard !boxes.isEmpty else { throw NotApplicable("no object of the target class has a box") }
    let drawn = try box(of: subject.map(on: annotations))
    let best = boxes.reduce(0) { max($0, $1.intersectionOverUnion(drawn)) }
    return Score([best >= overlap ? 1 : 0, best])
  }

  /// The box around the largest part of a map that reaches the threshold.
  package func box(of map: SaliencyMap) throws(NotApplicable) -> Box {
    guard let top = map.values.max(), top > 0 else { throw NotApplicable("the map has no positive value") }
    let high = Mask(height: map.height, width: map.width, pixels: map.values.map { $0 >= threshold * top })
    guard let box = high.largestComponent.box else { throw NotApplicable("no pixel reaches the threshold") }
    return box
  }
}
