internal import SaliencyCore
internal import Support

extension Image {
  /// Reads a PNG or JPEG file; which of the two is told by its content, not by its name.
  ///
  /// Grey, palette, 16-bit, transparent and interlaced PNG and grey, progressive, CMYK and YCCK JPEG are
  /// read, and EXIF orientation is applied. 16 bits are reduced to their high byte, as TensorFlow does
  /// (Pillow 13 does so for colour, and cuts grey off at 255). Colour profiles and gamma are not applied, as
  /// in Pillow and TensorFlow.
  ///
  /// A file that ends early or whose pixels are damaged is an error; no half-decoded image is returned. So is one with more
  /// pixels, or a longer side, than ``DecodingOptions`` allows, before any pixel is decoded.
  public init(contentsOf path: String, options: DecodingOptions = DecodingOptions()) throws(ImageError) {
    try self.init(decoding: try Self.bytes(of: path), named: path, options: options)
  }

  /// Decodes a PNG or JPEG file held in memory; `path` names it in errors.
  public init(
    decoding bytes: [UInt8], named path: String, options: DecodingOptions = DecodingOptions()
  ) throws(ImageError) {
    guard !bytes.isEmpty else { throw .empty(path: path) }
    switch ImageFormat(sniffing: bytes) {
    case .readable(let codec):
      let size = try Self.allowed(try codec.size(of: bytes, named: path), options, path)
      let decoded = try codec.decode(bytes, width: size.width, height: size.height, named: path)
      let stored = Image(
        width: size.width, height: size.height, pixels: decoded.rgb(options.transparency))
      self = options.appliesOrientation ? stored.uprighted(from: codec.orientation(of: bytes)) : stored
    case .other(let description, let isPicture):
      throw .notAnImage(path: path, found: description, isPicture: isPicture)
    }
  }

  private static func allowed(
    _ size: (width: Int, height: Int), _ options: DecodingOptions, _ path: String
  ) throws(ImageError) -> (width: Int, height: Int) {
    guard size.width * size.height <= options.pixelLimit else {
      throw .tooLarge(path: path, width: size.width, height: size.height, limit: options.pixelLimit)
    }
    guard max(size.width, size.height) <= options.sideLimit else {
      throw .tooLong(path: path, width: size.width, height: size.height, limit: options.sideLimit)
    }
    return size
  }

  private static func bytes(of path: String) throws(ImageError) -> [UInt8] {
    do {
      return try RegularFile.bytes(of: path, limit: 1 << 30)
    } catch {
      throw .noFile(path: path, error)
    }
  }
}

extension DecodingOptions.Transparency {
  /// Red, green, blue from red, green, blue, opacity.
  func applied(to rgba: [UInt8]) -> [UInt8] {
    let count = rgba.count / 4
    return [UInt8](unsafeUninitializedCapacity: count * 3) { rgb, initialized in
      rgba.withUnsafeBufferPointer { source in
        switch self {
        case .ignored:
          for pixel in 0..<count {
            for channel in 0..<3 { rgb[pixel * 3 + channel] = source[pixel * 4 + channel] }
          }
        case .over(let background):
          let below = (UInt32(background.red), UInt32(background.green), UInt32(background.blue))
          for pixel in 0..<count {
            let opacity = UInt32(source[pixel * 4 + 3])
            func blend(_ channel: Int, _ below: UInt32) -> UInt8 {
              let sum = UInt32(source[pixel * 4 + channel]) * opacity + below * (255 - opacity)
              return UInt8((sum + 127) / 255)
            }
            rgb[pixel * 3] = blend(0, below.0)
            rgb[pixel * 3 + 1] = blend(1, below.1)
            rgb[pixel * 3 + 2] = blend(2, below.2)
          }
        }
      }
      initialized = count * 3
    }
  }
}
