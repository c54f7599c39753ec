internal import Figures
public import Imaging
public import Methods
public import SaliencyCore

/// How maps are drawn.
///
/// Every property that is nil follows the method.
public struct MapDrawing: Sendable {
  /// The colour map of maps without a sign.
  public var colorMap: ColorMap?
  /// The opacity of a map over its image, from 0 to 1.
  public var opacity: Float?
  /// How attributions become maps, where not as the profile and the method say.
  public var map = MapConvention()
  /// What is done where toolkits differ.
  public var profile = ConventionProfile.paper
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

  /// How the channels of a pixel become one number; nil for what the profile and the method say.
  public var reduction: ChannelReduction? {
    get { map.reduction }
    set { map.reduction = newValue }
  }

  /// How a method's attributions become maps.
  public func convention(for method: any SaliencyMethod) -> MapConvention {
    map.filled(by: profile.map(of: method))
  }

  /// The style of a method's map in a figure.
  func figureStyle(for method: any SaliencyMethod) -> MapStyle {
    style(for: method) { MapStyle(for: method, reduction: $0) }
  }

  /// The style of a method's map over its image.
  func overlayStyle(for method: any SaliencyMethod) -> MapStyle {
    style(for: method) { MapStyle(overlaying: method, reduction: $0) }
  }

  /// A map that is normalised has its range already.
  private func style(
    for method: any SaliencyMethod, _ make: (ChannelReduction?) -> MapStyle
  ) -> MapStyle {
    let convention = convention(for: method)
    var style = make(convention.reduction).changed(colors: colorMap, opacity: opacity)
    if convention.normalise ?? .unchanged != .unchanged, case .clipped = style.scaling {
      style.scaling = .minMax
    }
    return style
  }
}
