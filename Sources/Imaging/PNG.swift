import CPNG
import Foundation

/// PNG in memory, by way of libpng.
enum PNG {
  /// Size in pixels, then a decoder into bytes.
  static func size(of bytes: [UInt8], named path: String) throws(ImageError) -> (width: Int, height: Int) {
    var info = cpng_info()
    try check(cpng_read_header(bytes, bytes.count, &info), info, path)
    return (Int(info.width), Int(info.height))
  }

  /// The pixels as red, green, blue and opacity bytes.
  static func decode(_ bytes: [UInt8], width: Int, height: Int, named path: String) throws(ImageError)
    -> [UInt8]
  {
    var info = cpng_info()
    var status = CPNG_FAILED
    let rgba = [UInt8](unsafeUninitializedCapacity: width * height * 4) { buffer, count in
      status = cpng_read(bytes, bytes.count, buffer.baseAddress, &info)
      count = status == CPNG_OK ? buffer.count : 0
    }
    try check(status, info, path)
    return rgba
  }

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
      throw .unwritable(path: path, reason: message(info))
    }
    return [UInt8](UnsafeBufferPointer(start: encoded, count: count))
  }

  private static func check(_ status: cpng_status, _ info: cpng_info, _ path: String) throws(ImageError) {
    switch status {
    case CPNG_OK: return
    case CPNG_TRUNCATED: throw .truncated(path: path, format: "PNG")
    default: throw .damaged(path: path, format: "PNG", reason: message(info))
    }
  }

  private static func message(_ info: cpng_info) -> String {
    withUnsafeBytes(of: info.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
