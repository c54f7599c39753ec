internal import ArgumentParser
internal import Imaging
internal import Pipeline
internal import SaliencyCore

/// How maps are drawn.
struct DrawingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The colour map of maps without a sign: grey, jet, turbo, viridis, inferno (default: turbo for class activation maps, "
        + "grey for pixel maps).",
      valueName: "name"),
    transform: { try choice($0) })
  var colormap: ColorMap?

  @Option(
    help: ArgumentHelp(
      "The opacity of a map over its image, from 0 to 1 (default: 0.5 for class activation maps).",
      valueName: "number"))
  var opacity: Float?

  @Option(
    help: ArgumentHelp(
      "How the channels of a pixel become one number: max-abs, sum-abs, sum, mean, max (default: as the method says, see "
        + "`saliency methods --json`).",
      valueName: "name"),
    transform: { try choice($0) })
  var reduction: ChannelReduction?

  @Option(
    help: ArgumentHelp(
      "How maps are brought to the size of the input: bilinear (default), nearest, align-corners, bicubic, mirrored.",
      valueName: "name"),
    transform: { try choice($0) })
  var mapResize: MapResize?

  @Option(
    help: ArgumentHelp(
      "How the values of maps are scaled: none (default), min-max, max, max-abs, percentile-99, mass-98.",
      valueName: "name"),
    transform: { try choice($0) })
  var normalise: MapNormalisation?

  @Option(
    help: ArgumentHelp(
      "Whether maps are resized or scaled first: resize-first (default), normalise-first.", valueName: "name"),
    transform: { try choice($0) })
  var mapOrder: MapConvention.Order?

  @Option(
    help: ArgumentHelp(
      "The image below a map: at the size of the model's input (input, default) or of its file (original).",
      valueName: "name"),
    transform: { try choice($0) })
  var background: MapDrawing.Background = .input

  func validate() throws {
    guard let opacity else { return }
    guard (0...1).contains(opacity) else {
      throw ValidationError("--opacity: found \(opacity), wanted a number from 0 to 1")
    }
  }

  /// The options as a value.
  var drawing: MapDrawing {
    var drawing = MapDrawing()
    drawing.colorMap = colormap
    drawing.opacity = opacity
    drawing.map = MapConvention(
      reduction: reduction, resize: mapResize, normalise: normalise, order: mapOrder)
    drawing.background = background
    return drawing
  }
}
