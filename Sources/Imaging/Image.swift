/// A picture: `height` rows of `width` pixels, three bytes each (red, green, blue), row by row from the top left.
///
/// Grey pictures are held with three equal channels; transparency has been dealt with when the file was read
/// (see ``DecodingOptions``).
public struct Image: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// `height * width * 3` bytes.
  public let pixels: [UInt8]

  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "an image of \(width) x \(height) pixels")
    precondition(
      pixels.count == width * height * 3,
      "\(width) x \(height) pixels want \(width * height * 3) bytes, not \(pixels.count)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  public init(width: Int, height: Int, filledWith color: RGB) {
    self.init(width: width, height: height) { _, _ in color }
  }

  /// A picture whose colours are computed from row and column.
  public init(width: Int, height: Int, color: (_ row: Int, _ column: Int) throws -> RGB) rethrows {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for row in 0..<height {
      for column in 0..<width {
        let rgb = try color(row, column)
        pixels.append(rgb.red)
        pixels.append(rgb.green)
        pixels.append(rgb.blue)
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  public subscript(row: Int, column: Int) -> RGB {
    precondition(
      row >= 0 && row < height && column >= 0 && column < width,
      "pixel (\(row), \(column)) of an image of \(height) rows and \(width) columns")
    let start = (row * width + column) * 3
    return RGB(pixels[start], pixels[start + 1], pixels[start + 2])
  }

  /// The same picture in grey, by ``RGB/luma``.
  public var grey: Image {
    Image(width: width, height: height) { row, column in
      let luma = self[row, column].luma
      return RGB(luma, luma, luma)
    }
  }

  /// The part that starts at (`row`, `column`).
  public func cropped(row: Int, column: Int, height: Int, width: Int) -> Image {
    precondition(
      row >= 0 && column >= 0 && row + height <= self.height && column + width <= self.width,
      "a crop of \(height) x \(width) at (\(row), \(column)) from an image of \(self.height) x \(self.width)")
    return Image(width: width, height: height) { self[row + $0, column + $1] }
  }
}
