internal import Configuration
internal import SaliencyCore

/// IoU over thresholds: how well the map, cut at each of many thresholds, covers the object.
///
/// The map, resized to the annotated image, is scaled to [0, 1] and cut at `thresholds` equal steps above 0. The curves
/// are the intersection over union of the cut map with the region, and whether the box around the cut map's largest part
/// overlaps one of the class's boxes by at least `overlap` (if the image has boxes or masks). The numbers are the mean of
/// the first curve over the thresholds (mIoU), its maximum, and the second curve's mean.
///
/// J. Choe et al., "Evaluating Weakly Supervised Object Localization Methods Right", CVPR 2020, arXiv:2001.09237. Its
/// MaxBoxAcc is the highest point of the mean of the box curve over a dataset, not the mean of each image's highest
/// point: one threshold for all images.
public struct IoUCurve: Metric {
  public static let descriptor = MetricDescriptor(
    "iou-curve", title: "IoU over thresholds", category: .localisation, paper: "Choe 2020, arXiv:2001.09237",
    needs: [.region],
    values: [
      MetricValue("miou", title: "Mean IoU", direction: .higher),
      MetricValue("best", title: "IoU, best threshold", direction: .higher),
      MetricValue("box", title: "Box hits over thresholds", direction: .higher),
    ])

  /// How many thresholds.
  public var thresholds = 20
  /// The least intersection over union of a box that is a hit.
  public var overlap = 0.5
  /// Whether objects are taken by their masks or by their boxes.
  public var region = Region.maskOrBox

  public init() {}

  /// The metric with another number of thresholds.
  public init(thresholds: Int, overlap: Double = 0.5, region: Region = .maskOrBox) {
    self.thresholds = thresholds
    self.overlap = overlap
    self.region = region
  }

  public func validate() throws {
    try Self.require("thresholds", thresholds, in: 1...10_000)
    try Self.require("overlap", overlap, above: 0, atMost: 1)
  }

  public func score(_ subject: Subject) throws -> Score {
    let annotations = try subject.requiredAnnotations()
    let mask = try subject.region(region, labelled: nil, in: annotations)
    let boxes = try annotations.requiredObjects(ofClass: subject.requiredClass()).compactMap {
      $0.box ?? $0.mask?.box
    }
    try subject.map.requireContrast()
    let map = subject.map(on: annotations).scaledToUnit()
    let inside = mask.pixels
    let cuts = (1...thresholds).map { Float($0) / Float(thresholds + 1) }
    var (overlaps, hits) = ([Double](), [Double]())
    for cut in cuts {
      let high = map.values.map { $0 >= cut }
      var (both, either) = (0, 0)
      for (a, b) in zip(high, inside) {
        if a && b { both += 1 }
        if a || b { either += 1 }
      }
      overlaps.append(Double(both) / Double(either))
      let part = Mask(height: map.height, width: map.width, pixels: high).largestComponent.box
      let best = part.map { part in boxes.reduce(0) { max($0, $1.intersectionOverUnion(part)) } } ?? 0
      hits.append(best >= overlap ? 1 : 0)
    }
    func curve(_ name: String, _ title: String, _ y: [Double]) -> Curve {
      Curve(name, xTitle: "threshold", yTitle: title, x: cuts.map(Double.init), y: y)
    }
    let curves = [curve("iou", "IoU", overlaps), curve("box", "box hits", hits)]
    return Score([curves[0].mean, overlaps.max(), curves[1].mean], curves: curves)
  }
}
