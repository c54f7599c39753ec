internal import ArgumentParser
internal import Figures
internal import Imaging
internal import SaliencyCore

/// How maps are drawn.
struct DrawingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The colours of maps without a sign: grey, jet, turbo, viridis, inferno (default: turbo for class activation "
        + "maps, grey for pixels).",
      valueName: "name"),
    transform: { try choice($0) })
  var colors: ColorMap?

  @Option(
    help: ArgumentHelp(
      "How strongly a map covers the picture, from 0 to 1 (default: 0.5 for class activation maps).",
      valueName: "weight"))
  var opacity: Float?

  @Option(
    help: ArgumentHelp(
      "How the channels of a pixel become one number: max-abs, sum-abs, sum, mean (default: the method's own, see "
        + "`saliency methods --json`).",
      valueName: "way"),
    transform: { try choice($0) })
  var reduction: ChannelReduction?

  @Option(
    help: ArgumentHelp(
      "The picture to draw on: as the network sees it (input, default), or as it is in its file (original).",
      valueName: "size"),
    transform: { try choice($0) })
  var at: Backdrop = .input

  enum Backdrop: String, CaseIterable {
    case input
    case original
  }

  func validate() throws {
    guard let opacity else { return }
    guard (0...1).contains(opacity) else {
      throw ValidationError("--opacity: found \(opacity), wanted a number from 0 to 1")
    }
  }

  /// How channels are reduced for a method's map.
  func reduction(for method: any SaliencyMethod) -> ChannelReduction { reduction ?? method.reduction }

  /// The picture to draw a map over.
  func backdrop(of row: ImageRequest) throws -> Image {
    switch at {
    case .input: try row.transform.picture(of: row.request.inputs)
    case .original: row.picture.cropped(to: row.transform.usedPart(of: row.picture))
    }
  }

  /// How a method's map is shown in a figure.
  func figureStyle(for method: any SaliencyMethod) -> MapStyle {
    MapStyle(for: method, reduction: reduction).changed(colors: colors, opacity: opacity)
  }

  /// How a method's map is shown over its image.
  func overlayStyle(for method: any SaliencyMethod) -> MapStyle {
    MapStyle(overlaying: method, reduction: reduction).changed(colors: colors, opacity: opacity)
  }
}
