public import Imaging
public import SaliencyCore

extension MapStyle {
  /// How a method's maps are shown, wherever they are drawn: maps of a coarse layer as a heatmap over the image, pixel maps on
  /// their own, signed ones around white.
  ///
  /// - Parameter reduction: How channels become one number, if not as the method says.
  public init(for method: any SaliencyMethod, reduction: ChannelReduction? = nil) {
    let descriptor = type(of: method).descriptor
    let isSigned =
      switch reduction {
      case nil: descriptor.isSigned
      case .maxAbs?, .sumAbs?: false
      case .sum?, .mean?, .max?: true
      }
    switch descriptor.family {
    case .classActivation, .perturbation, .control: self = .heatmap
    case .gradient, .rule, .combined: self = isSigned ? .signed : .magnitude
    }
  }

  /// The style for a map that lies over its image: a pixel map is tinted where it is high, so that the image shows elsewhere.
  public init(overlaying method: any SaliencyMethod, reduction: ChannelReduction? = nil) {
    self.init(for: method, reduction: reduction)
    guard opacity == nil else { return }
    if self == .magnitude {
      colorMap = .inferno
      opacity = .proportional(0.9)
    } else {
      opacity = .constant(0.7)
    }
  }

  /// The style with choices of the user's: colours for maps without a sign, and how strongly a map covers its image.
  public func changed(colors: ColorMap?, opacity weight: Float? = nil) -> MapStyle {
    var style = self
    if let colors, style.colorMap != .diverging { style.colorMap = colors }
    switch (style.opacity, weight) {
    case (.constant?, let weight?): style.opacity = .constant(weight)
    case (.proportional?, let weight?): style.opacity = .proportional(weight)
    default: break
    }
    return style
  }
}
