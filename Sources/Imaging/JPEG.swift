import CJPEG

/// JPEG files, by way of libjpeg.
enum JPEG: ImageCodec {
  static let name = "JPEG"
  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

  static func size(of bytes: [UInt8], named path: String) throws(ImageError) -> (width: Int, height: Int) {
    var info = cjpeg_info()
    try check(result(cjpeg_read_header(bytes, bytes.count, &info), info), path)
    return (Int(info.width), Int(info.height))
  }

  static func decode(
    _ bytes: [UInt8], width: Int, height: Int, named path: String
  ) throws(ImageError) -> DecodedPixels {
    .rgb(
      try pixels(width * height * 3, named: path) { target in
        var info = cjpeg_info()
        let status = cjpeg_read(bytes, bytes.count, target, &info)
        return result(status, info)
      })
  }

  static func orientation(of bytes: [UInt8]) -> Orientation { EXIF.orientation(inJPEG: bytes) }

  private static func result(_ status: cjpeg_status, _ info: cjpeg_info) -> DecoderStatus {
    switch status {
    case CJPEG_OK: .done
    case CJPEG_TRUNCATED: .truncated
    default: .failed(message: text(info.message))
    }
  }
}
