/// A format of image files that can be read.
///
/// To add one: a file with a type that conforms, a line in `ImageFormat.codecs`, and a test.
protocol ImageCodec: Sendable {
  /// The name in messages: `PNG`.
  static var name: String { get }

  /// The first bytes of a file of the format.
  static var signature: [UInt8] { get }

  /// The size in pixels, read without decoding any.
  ///
  /// - Throws: `ImageError.truncated` or `.damaged`.
  static func size(of bytes: [UInt8], named path: String) throws(ImageError) -> (width: Int, height: Int)

  /// The pixels, row by row, as stored: not rotated.
  ///
  /// - Throws: `ImageError.truncated` or `.damaged`.
  static func decode(
    _ bytes: [UInt8], width: Int, height: Int, named path: String
  ) throws(ImageError) -> DecodedPixels

  /// The orientation in the file's metadata; `.upright` if there is none or it is damaged.
  static func orientation(of bytes: [UInt8]) -> Orientation
}

/// The pixels of a decoded image, a byte for each channel.
enum DecodedPixels {
  case rgb([UInt8])
  case rgba([UInt8])

  /// Red, green and blue.
  func rgb(_ transparency: DecodingOptions.Transparency) -> [UInt8] {
    switch self {
    case .rgb(let pixels): pixels
    case .rgba(let pixels): transparency.applied(to: pixels)
    }
  }
}

/// What a C decoder returned, with the message of its library.
enum DecoderStatus {
  case done
  case truncated
  case failed(message: String)
}

extension ImageCodec {
  /// Checks a decoder's result.
  ///
  /// - Throws: `ImageError.truncated` or `.damaged`.
  static func check(_ status: DecoderStatus, _ path: String) throws(ImageError) {
    switch status {
    case .done: return
    case .truncated: throw .truncated(path: path, format: name)
    case .failed(let message): throw .damaged(path: path, format: name, reason: message)
    }
  }

  /// Decodes into uninitialised memory of `count` bytes.
  static func pixels(
    _ count: Int, named path: String, _ decode: (UnsafeMutablePointer<UInt8>?) -> DecoderStatus
  ) throws(ImageError) -> [UInt8] {
    var status = DecoderStatus.truncated
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      status = decode(buffer.baseAddress)
      if case .done = status { initialized = count }
    }
    try check(status, path)
    return pixels
  }

  /// The text in a fixed array of a C structure.
  static func text<Characters>(_ message: Characters) -> String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
