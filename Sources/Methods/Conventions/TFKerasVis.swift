internal import Configuration
internal import SaliencyCore

extension ConventionProfile {
  /// tf-keras-vis 0.8.7: the model's output as it is, maps from 0 to 1, `scipy.ndimage.zoom`.
  ///
  /// Without `ReplaceToLinear` the explained value is what the model ends with.
  static let tfKerasVis = ConventionProfile(
    "tf-keras-vis", toolkit: "tf-keras-vis 0.8.7",
    [
      "gradient": Choice(map: pixels, score: .output),
      "guided-backprop": Choice(
        map: pixels, score: .output,
        note: "its modifier misses ReLU layers and nested models, whose gradient is then the plain one"),
      // Saliency(smooth_samples=20), as in its guide; by default there is no noise.
      "smooth-grad": Choice(
        ["samples": .integer(20), "noise": .number(0.2), "aggregate": .string("mean-magnitude")],
        map: pixels, score: .output),
      "grad-cam": Choice(map: layers, score: .output),
      "grad-cam++": Choice(["form": .string("normalised")], map: layers, score: .output),
      "layer-cam": Choice(map: layers, score: .output),
    ])

  private static let pixels = MapConvention(reduction: .maxAbs, normalise: .minMax)
  private static let layers = MapConvention(resize: .alignCorners, normalise: .minMax)
}
