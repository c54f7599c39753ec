internal import Configuration
internal import SaliencyCore

extension ConventionProfile {
  /// xplique 2.0: the model's output as it is, the mean over channels, bicubic class activation maps.
  static let xplique = ConventionProfile(
    "xplique", toolkit: "xplique 2.0.2",
    [
      "gradient": Choice(map: MapConvention(reduction: .maxAbs), score: .output),
      "gradient-x-input": Choice(map: mean, score: .output),
      "guided-backprop": Choice(map: mean, score: .output, note: "its rule misses nested models"),
      "deconvnet": Choice(map: mean, score: .output, note: "its rule misses nested models"),
      "smooth-grad": Choice(["sigma": .number(0.2)], map: mean, score: .output),
      "integrated-gradients": Choice(
        ["quadrature": .string("trapezoid"), "baseline": .integer(0)], map: mean, score: .output),
      "grad-cam": Choice(map: MapConvention(resize: .bicubic), score: .output),
      "grad-cam++": Choice(
        ["form": .string("means")], map: MapConvention(resize: .bicubic), score: .output),
    ])

  private static let mean = MapConvention(reduction: .mean)
}
