public import SaliencyCore

/// How a saliency map is made visible.
public struct MapStyle: Sendable, Hashable, Codable {
  /// How much of the colour is seen where a map lies over a picture, 0...1.
  public enum Opacity: Sendable, Hashable, Codable {
    /// The same everywhere, as in most papers.
    case constant(Float)
    /// In proportion to the value's place in the range, up to this: nothing is tinted where the map is low.
    case proportional(Float)
  }

  /// The colours of the values.
  public var colorMap: ColorMap
  /// How values are scaled to the colour map's range.
  public var scaling: DisplayScaling
  /// Nil where the map is shown alone.
  public var opacity: Opacity?

  /// A style; without an opacity the map is drawn alone.
  public init(colorMap: ColorMap, scaling: DisplayScaling, opacity: Opacity? = nil) {
    self.colorMap = colorMap
    self.scaling = scaling
    self.opacity = opacity
  }

  /// For class activation maps: turbo, half transparent over the picture, from the smallest to the largest
  /// value.
  public static let heatmap = MapStyle(colorMap: .turbo, scaling: .minMax, opacity: .constant(0.5))
  /// For magnitudes at pixels: grey, cut off at the 99th percentile.
  public static let magnitude = MapStyle(colorMap: .grey, scaling: .clipped(percentile: 99))
  /// For signed values: blue, white, red, 0 white.
  public static let signed = MapStyle(colorMap: .diverging, scaling: .symmetric(percentile: 99))
}

/// A saliency map as a picture, with what is needed to read it.
public struct RenderedMap: Sendable, Hashable {
  /// The drawn map.
  public let picture: Image
  /// The values of the first and the last colour; nil if nothing could be drawn.
  public let range: ClosedRange<Float>?
  /// Why the map means nothing; the picture is then hatched and shows no map.
  public let defect: SaliencyMap.Defect?
}

extension SaliencyMap {
  /// Draws the map at its own size, or over a picture at the picture's size (bilinear, see ``Resize``).
  ///
  /// A map that is all zero, constant, or not finite is not drawn: the picture is hatched and `defect` says
  /// why.
  public func rendered(_ style: MapStyle, over background: Image? = nil) -> RenderedMap {
    let size = (height: background?.height ?? height, width: background?.width ?? width)
    guard let range = style.scaling.range(of: self) else {
      return RenderedMap(
        picture: .hatched(height: size.height, width: size.width), range: nil, defect: defect)
    }
    let map = resized(height: size.height, width: size.width)
    let picture = map.picture(style, range, over: style.opacity == nil ? nil : background)
    return RenderedMap(picture: picture, range: range, defect: nil)
  }

  /// The map's colours, mixed with those of a picture of its size where there is one.
  private func picture(_ style: MapStyle, _ range: ClosedRange<Float>, over background: Image?) -> Image {
    let pixels = [UInt8](unsafeUninitializedCapacity: values.count * 3) { pixels, count in
      values.withUnsafeBufferPointer { values in
        style.colorMap.table.withUnsafeBufferPointer { table in
          for i in values.indices {
            let place = DisplayScaling.place(of: values[i], in: range)
            pixels.put(ColorMap.color(at: place, of: table), at: i)
          }
          background?.pixels.withUnsafeBufferPointer { below in
            for i in values.indices {
              let weight = style.weight(at: DisplayScaling.place(of: values[i], in: range))
              let color = UnsafeBufferPointer(pixels).color(at: i)
              pixels.put(below.color(at: i).mixed(with: color, weight: weight), at: i)
            }
          }
        }
      }
      count = values.count * 3
    }
    return Image(width: width, height: height, pixels: pixels)
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  fileprivate func put(_ color: RGB, at pixel: Int) {
    self[3 * pixel] = color.red
    self[3 * pixel + 1] = color.green
    self[3 * pixel + 2] = color.blue
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func color(at pixel: Int) -> RGB {
    RGB(self[3 * pixel], self[3 * pixel + 1], self[3 * pixel + 2])
  }
}

extension MapStyle {
  /// How much of the colour is seen over a picture, at a place of the range.
  fileprivate func weight(at place: Float) -> Float {
    switch opacity {
    case .constant(let weight): weight
    case .proportional(let most): most * place
    case nil: 1
    }
  }
}

extension Image {
  /// Pale diagonal stripes, which stand for "there is nothing to see here" and resemble no map.
  public static func hatched(height: Int, width: Int) -> Image {
    let period = 12
    return Image(width: width, height: height) { row, column in
      (row + column) % period < 2 ? RGB(200, 200, 200) : RGB(244, 244, 244)
    }
  }
}
