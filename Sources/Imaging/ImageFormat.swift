/// The format of a file, from its first bytes, never from its name.
enum ImageFormat {
  /// A format that is read.
  case readable(any ImageCodec.Type)
  /// A format that is not read; `description` has its article, such as "a WebP image".
  case other(description: String, isPicture: Bool)

  /// The formats that are read.
  static let codecs: [any ImageCodec.Type] = [PNG.self, JPEG.self]

  /// The names of the formats that are read, for messages: `PNG or JPEG`.
  static var names: String {
    let names = codecs.map { $0.name }
    return names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }

  init(sniffing bytes: [UInt8]) {
    func has(_ prefix: [UInt8], at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: prefix) }
    if let codec = Self.codecs.first(where: { has($0.signature) }) {
      self = .readable(codec)
    } else if let known = Self.signatures.first(where: { has($0.bytes, at: $0.offset) }) {
      self = .other(description: known.description, isPicture: known.isPicture)
    } else {
      self = .other(description: Self.describe(text: bytes) ?? Self.describe(binary: bytes), isPicture: false)
    }
  }

  private struct Signature: Sendable {
    let bytes: [UInt8]
    let offset: Int
    let description: String
    let isPicture: Bool

    init(_ bytes: [UInt8], at offset: Int = 0, _ description: String, isPicture: Bool = true) {
      self.bytes = bytes
      self.offset = offset
      self.description = description
      self.isPicture = isPicture
    }

    init(_ text: String, at offset: Int = 0, _ description: String, isPicture: Bool = true) {
      self.init(Array(text.utf8), at: offset, description, isPicture: isPicture)
    }
  }

  private static let signatures: [Signature] = [
    Signature("GIF8", "a GIF image"),
    Signature("WEBP", at: 8, "a WebP image"),
    Signature([0x49, 0x49, 0x2A, 0x00], "a TIFF image"),
    Signature([0x4D, 0x4D, 0x00, 0x2A], "a TIFF image"),
    Signature("ftypavif", at: 4, "an AVIF image"),
    Signature("ftypheic", at: 4, "a HEIC image"),
    Signature("ftypheix", at: 4, "a HEIC image"),
    Signature("ftypmif1", at: 4, "a HEIF image"),
    Signature([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20], "a JPEG 2000 image"),
    Signature([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL image"),
    Signature([0xFF, 0x0A], "a JPEG XL image"),
    Signature("8BPS", "a Photoshop document"),
    Signature("BM", "a BMP image"),
    Signature("P5", "a PGM image"),
    Signature("P6", "a PPM image"),
    Signature("%PDF", "a PDF document"),
    Signature("<svg", "an SVG drawing"),
    Signature([0x89, 0x48, 0x44, 0x46], "an HDF5 file", isPicture: false),
    Signature([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy array", isPicture: false),
    Signature("PK\u{3}\u{4}", "a ZIP archive", isPicture: false),
    Signature([0x1F, 0x8B], "a gzip archive", isPicture: false),
    Signature("version https://git-lfs", "a Git LFS pointer, not the file itself", isPicture: false),
  ]

  private static func describe(text bytes: [UInt8]) -> String? {
    let start = bytes.prefix(256)
    guard start.allSatisfy({ $0 >= 32 || (9...13).contains($0) }), start.contains(where: { $0 > 32 }) else {
      return nil
    }
    let text = String(decoding: start, as: UTF8.self)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let lowered = words.lowercased()
    if lowered.hasPrefix("<!doctype html") || lowered.hasPrefix("<html") { return "an HTML page" }
    if lowered.hasPrefix("<?xml") { return lowered.contains("<svg") ? "an SVG drawing" : "an XML file" }
    guard !text.dropLast().contains("\u{FFFD}") else { return nil }
    return "a text file that begins \"\(words.prefix(24))\""
  }

  private static func describe(binary bytes: [UInt8]) -> String {
    let start = bytes.prefix(4).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.count == 1 ? "0" + digits : digits
    }
    return "an unknown kind of file that begins with the bytes \(start.joined(separator: " "))"
  }
}
