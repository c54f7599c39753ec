/// A picture: `height` rows of `width` pixels, three bytes each (red, green, blue), row by row from the top
/// left.
///
/// Grey pictures are held with three equal channels; transparency has been dealt with when the file was read
/// (see ``DecodingOptions``).
public struct Image: Sendable, Hashable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// `height * width * 3` bytes.
  public let pixels: [UInt8]

  /// An image of red, green and blue bytes, row by row.
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
    let pixels = try [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      for row in 0..<height {
        for column in 0..<width {
          let rgb = try color(row, column)
          buffer[count] = rgb.red
          buffer[count + 1] = rgb.green
          buffer[count + 2] = rgb.blue
          count += 3
        }
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// The colour of a pixel.
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

  /// A part of the picture.
  public func cropped(to part: ImagePart) -> Image {
    precondition(
      part.rows.lowerBound >= 0 && part.columns.lowerBound >= 0 && part.rows.upperBound <= height
        && part.columns.upperBound <= width,
      "rows \(part.rows) and columns \(part.columns) of an image of \(height) x \(width)")
    if part == bounds { return self }
    return Image(width: part.columns.count, height: part.rows.count) { row, column in
      self[part.rows.lowerBound + row, part.columns.lowerBound + column]
    }
  }

  /// The whole of the picture.
  public var bounds: ImagePart { ImagePart(rows: 0..<height, columns: 0..<width) }
}

/// A rectangle of a picture.
public struct ImagePart: Sendable, Hashable {
  /// The rows of the part.
  public let rows: Range<Int>
  /// The columns of the part.
  public let columns: Range<Int>

  /// A part of an image.
  public init(rows: Range<Int>, columns: Range<Int>) {
    precondition(!rows.isEmpty && !columns.isEmpty, "an empty part: rows \(rows), columns \(columns)")
    self.rows = rows
    self.columns = columns
  }
}
