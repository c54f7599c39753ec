internal import Configuration
internal import SaliencyCore

extension ConventionProfile {
  /// Captum 0.9.0 with the defaults of its attribution classes, maps as `visualize_image_attr(sign="all")` makes them.
  static let captum = ConventionProfile(
    "captum", toolkit: "Captum 0.9.0",
    [
      // Saliency takes the magnitude; the visualiser sums the channels.
      "gradient": Choice(map: MapConvention(reduction: .sumAbs, normalise: .mass98)),
      "gradient-x-input": Choice(map: pixels), "guided-backprop": Choice(map: pixels),
      "deconvnet": Choice(map: pixels),
      // NoiseTunnel(Saliency): nt_samples 5, stdevs 1.0, type smoothgrad, and the magnitudes of Saliency.
      "smooth-grad": Choice(
        ["samples": .integer(5), "sigma": .number(1), "aggregate": .string("mean-magnitude")], map: pixels),
      "integrated-gradients": Choice(
        ["quadrature": .string("gauss-legendre"), "baseline": .integer(0)], map: pixels),
      // LayerGradCam: relu_attributions False; LayerAttribution.interpolate: nearest.
      "grad-cam": Choice(
        ["relu": .bool(false)], map: MapConvention(resize: .nearest, normalise: .mass98)),
      "guided-grad-cam": Choice(["resize": .string("nearest")], map: pixels),
    ])

  private static let pixels = MapConvention(reduction: .sum, normalise: .mass98)
}
