internal import Configuration
internal import SaliencyCore

extension ConventionProfile {
  /// zennit 0.5: signed attributions, summed over the channels by its examples.
  static let zennit = ConventionProfile(
    "zennit", toolkit: "zennit 0.5.1",
    [
      "gradient": Choice(map: sum), "guided-backprop": Choice(map: sum), "deconvnet": Choice(map: sum),
      // The last sample has no noise.
      "smooth-grad": Choice(
        ["samples": .integer(20), "noise": .number(0.1), "cleanLast": .bool(true)], map: sum),
      "integrated-gradients": Choice(
        ["steps": .integer(20), "quadrature": .string("right"), "baseline": .integer(0)], map: sum),
    ])

  private static let sum = MapConvention(reduction: .sum, normalise: .maxAbs)
}
