import CPNG
import Foundation

/// PNG files, by way of libpng.
enum PNG: ImageCodec {
  static let name = "PNG"
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func size(of bytes: [UInt8], named path: String) throws(ImageError) -> (width: Int, height: Int) {
    var info = cpng_info()
    try check(result(cpng_read_header(bytes, bytes.count, &info), info), path)
    return (Int(info.width), Int(info.height))
  }

  static func decode(
    _ bytes: [UInt8], width: Int, height: Int, named path: String
  ) throws(ImageError) -> DecodedPixels {
    .rgba(
      try pixels(width * height * 4, named: path) { target in
        var info = cpng_info()
        let status = cpng_read(bytes, bytes.count, target, &info)
        return result(status, info)
      })
  }

  static func orientation(of bytes: [UInt8]) -> Orientation { EXIF.orientation(inPNG: bytes) }

  /// The bytes of a PNG file.
  ///
  /// - Throws: `ImageError.unwritable`.
  static func encode(
    _ image: Image, named path: String, compression: PNGCompression
  ) throws(ImageError) -> [UInt8] {
    var info = cpng_info()
    var encoded: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = cpng_write(
      image.pixels, UInt32(image.width), UInt32(image.height), compression == .fast ? 1 : 0, &encoded, &count,
      &info)
    defer { free(encoded) }
    guard status == CPNG_OK, let encoded else {
      throw .unwritable(path: path, reason: text(info.message))
    }
    return [UInt8](UnsafeBufferPointer(start: encoded, count: count))
  }

  private static func result(_ status: cpng_status, _ info: cpng_info) -> DecoderStatus {
    switch status {
    case CPNG_OK: .done
    case CPNG_TRUNCATED: .truncated
    default: .failed(message: text(info.message))
    }
  }
}
