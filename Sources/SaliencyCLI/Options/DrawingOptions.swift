internal import ArgumentParser
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
  func backdrop(of row: PictureQuestion) throws -> Image {
    switch at {
    case .input: try row.transform.picture(of: row.question.inputs)
    case .original: row.picture.cropped(to: row.transform.usedPart(of: row.picture))
    }
  }

  /// How a method's map is shown in a figure: class activation maps over the picture, pixels on their own.
  func figureStyle(for method: any SaliencyMethod) -> MapStyle {
    changed(Self.style(for: method, isSigned: isSigned(method)))
  }

  /// How a method's map is shown over its picture.
  func overlayStyle(for method: any SaliencyMethod) -> MapStyle {
    var style = Self.style(for: method, isSigned: isSigned(method))
    switch style {
    case .magnitude:
      style.colorMap = .inferno
      style.opacity = .proportional(opacity ?? 0.9)
    case .signed: style.opacity = .constant(opacity ?? 0.7)
    default: break
    }
    return changed(style)
  }

  private func changed(_ style: MapStyle) -> MapStyle {
    var style = style
    if let colors, style.colorMap != .diverging { style.colorMap = colors }
    if let opacity, case .constant? = style.opacity { style.opacity = .constant(opacity) }
    return style
  }

  private static func style(for method: any SaliencyMethod, isSigned: Bool) -> MapStyle {
    let family = type(of: method).descriptor.family
    // What has a value for each of some coarse places reads better over the picture.
    if family == .classActivation || family == .perturbation { return .heatmap }
    return isSigned ? .signed : .magnitude
  }

  /// Whether the reduced map has a sign: as the method says, or, where the reduction was chosen, by that.
  private func isSigned(_ method: any SaliencyMethod) -> Bool {
    switch reduction {
    case nil: type(of: method).descriptor.isSigned
    case .maxAbs?, .sumAbs?: false
    case .sum?, .mean?: true
    }
  }
}
