internal import Configuration
internal import SaliencyCore

extension ConventionProfile {
  /// tf-explain 0.3: the sum of magnitudes; its display, which casts standardised values to bytes, is not reproduced.
  static let tfExplain = ConventionProfile(
    "tf-explain", toolkit: "tf-explain 0.3.1",
    [
      "gradient": Choice(map: sum), "gradient-x-input": Choice(map: sum),
      // The gradient of the cross-entropy, not of the score.
      "smooth-grad": Choice(["samples": .integer(5), "sigma": .number(1)], map: sum, score: .loss),
      // Without the factor (x - x').
      "integrated-gradients": Choice(
        [
          "steps": .integer(10), "quadrature": .string("inclusive-mean"), "multiply": .bool(false),
          "baseline": .integer(0),
        ], map: sum, score: .output),
      // use_guided_grads True: gradients count only where they and the map are positive; no ReLU.
      "grad-cam": Choice(
        ["gate": .bool(true), "relu": .bool(false)],
        map: MapConvention(resize: .bilinear, normalise: .minMax), score: .output),
    ])

  private static let sum = MapConvention(reduction: .sumAbs)
}
