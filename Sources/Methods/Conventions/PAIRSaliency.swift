internal import Configuration
internal import SaliencyCore

extension ConventionProfile {
  /// PAIR saliency 0.2: maps as `VisualizeImageGrayscale` makes them; Grad-CAM scaled before it is resized.
  static let pairSaliency = ConventionProfile(
    "pair-saliency", toolkit: "saliency 0.2.1 (PAIR)",
    [
      "gradient": Choice(map: grey), "guided-backprop": Choice(map: grey, note: "for TensorFlow 1 only"),
      "smooth-grad": Choice(
        ["samples": .integer(25), "noise": .number(0.15), "aggregate": .string("mean-square")], map: grey),
      "integrated-gradients": Choice(
        ["steps": .integer(25), "quadrature": .string("inclusive-mean"), "baseline": .integer(0)], map: grey),
      "grad-cam": Choice(
        map: MapConvention(resize: .mirrored, normalise: .max, order: .normaliseFirst)),
    ])

  private static let grey = MapConvention(reduction: .sumAbs, normalise: .percentile99)
}
