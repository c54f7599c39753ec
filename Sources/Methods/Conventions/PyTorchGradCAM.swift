internal import Configuration
internal import SaliencyCore

extension ConventionProfile {
  /// pytorch-grad-cam 1.5: maps from 0 to 1 at the size of the image, by OpenCV's linear resize.
  static let pytorchGradCAM = ConventionProfile(
    "pytorch-grad-cam", toolkit: "pytorch-grad-cam 1.5.7",
    [
      "grad-cam": Choice(map: unit), "hires-cam": Choice(map: unit), "xgrad-cam": Choice(map: unit),
      "layer-cam": Choice(map: unit),
      "grad-cam++": Choice(["epsilon": .number(1e-6)], map: unit),
      "guided-backprop": Choice(),
      // The product in its script cam.py.
      "guided-grad-cam": Choice(["normalise": .string("min-max")]),
    ])

  private static let unit = MapConvention(resize: .bilinear, normalise: .minMax)
}
