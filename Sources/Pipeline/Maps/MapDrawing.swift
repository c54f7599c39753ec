internal import Figures
public import Imaging
public import SaliencyCore

/// How maps are drawn.
///
/// Every property that is nil follows the method.
public struct MapDrawing: Sendable {
  /// The colour map of maps without a sign.
  public var colorMap: ColorMap?
  /// The opacity of a map over its image, from 0 to 1.
  public var opacity: Float?
  /// How the channels of a pixel become one number.
  public var reduction: ChannelReduction?
  /// The image below a map.
  public var background = Background.input

  /// The image below a map.
  public enum Background: String, Sendable, CaseIterable {
    /// The image at the size of the model's input.
    case input
    /// The image at the size of its file.
    case original
  }

  /// Everything as the methods say.
  public init() {}

  /// The image to draw a map over.
  func background(of request: ImageRequest) throws -> Image {
    switch background {
    case .input: try request.transform.picture(of: request.request.inputs)
    case .original: request.image.cropped(to: request.transform.usedPart(of: request.image))
    }
  }

  /// The style of a method's map in a figure.
  func figureStyle(for method: any SaliencyMethod) -> MapStyle {
    MapStyle(for: method, reduction: reduction).changed(colors: colorMap, opacity: opacity)
  }

  /// The style of a method's map over its image.
  func overlayStyle(for method: any SaliencyMethod) -> MapStyle {
    MapStyle(overlaying: method, reduction: reduction).changed(colors: colorMap, opacity: opacity)
  }
}
