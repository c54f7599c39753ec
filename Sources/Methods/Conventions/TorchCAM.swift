internal import Configuration
internal import SaliencyCore

extension ConventionProfile {
  /// torch-cam 0.5: maps from 0 to 1 at the resolution of the layer, resized bicubically by its overlay.
  static let torchcam = ConventionProfile(
    "torchcam", toolkit: "torchcam 0.5.0",
    [
      "cam": Choice(["relu": .bool(true)], map: overlay), "grad-cam": Choice(map: overlay),
      // `alpha[idx][mask].div_` divides a copy.
      "grad-cam++": Choice(["form": .string("undivided")], map: overlay),
      "xgrad-cam": Choice(map: overlay), "layer-cam": Choice(map: overlay),
    ])

  private static let overlay = MapConvention(
    resize: .bicubic, normalise: .minMax, order: .normaliseFirst)
}
