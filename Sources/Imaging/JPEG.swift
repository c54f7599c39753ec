import CJPEG

/// JPEG in memory, by way of libjpeg.
enum JPEG {
  static func size(of bytes: [UInt8], named path: String) throws(ImageError) -> (width: Int, height: Int) {
    var info = cjpeg_info()
    try check(cjpeg_read_header(bytes, bytes.count, &info), info, path)
    return (Int(info.width), Int(info.height))
  }

  /// The pixels as red, green and blue bytes, not turned.
  static func decode(_ bytes: [UInt8], width: Int, height: Int, named path: String) throws(ImageError)
    -> [UInt8]
  {
    var info = cjpeg_info()
    var status = CJPEG_FAILED
    let rgb = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      status = cjpeg_read(bytes, bytes.count, buffer.baseAddress, &info)
      count = status == CJPEG_OK ? buffer.count : 0
    }
    try check(status, info, path)
    return rgb
  }

  private static func check(_ status: cjpeg_status, _ info: cjpeg_info, _ path: String) throws(ImageError) {
    switch status {
    case CJPEG_OK: return
    case CJPEG_TRUNCATED: throw .truncated(path: path, format: "JPEG")
    default: throw .damaged(path: path, format: "JPEG", reason: message(info))
    }
  }

  private static func message(_ info: cjpeg_info) -> String {
    withUnsafeBytes(of: info.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
