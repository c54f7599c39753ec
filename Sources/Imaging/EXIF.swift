/// The one thing wanted from a picture's EXIF block: its orientation.
///
/// Anything unexpected in the block means "upright", as in viewers: a picture is not refused for its
/// metadata.
enum EXIF {
  /// Looks for an APP1 segment that starts with "Exif" before the picture data of a JPEG file.
  static func orientation(inJPEG bytes: [UInt8]) -> Orientation {
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xFF {
      let marker = bytes[position + 1]
      if marker == 0xFF {  // a fill byte
        position += 1
        continue
      }
      let startOfScan: UInt8 = 0xDA
      if marker == startOfScan { break }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      let end = position + 2 + length
      guard length >= 2, end <= bytes.count else { break }
      let content = bytes[(position + 4)..<end]
      if marker == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) {
        return orientation(inTIFF: Array(content.dropFirst(6)))
      }
      position = end
    }
    return .upright
  }

  /// Looks for an `eXIf` chunk in a PNG file.
  static func orientation(inPNG bytes: [UInt8]) -> Orientation {
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
      let end = position + 8 + length
      guard end + 4 <= bytes.count else { break }
      if bytes[(position + 4)..<(position + 8)].elementsEqual("eXIf".utf8) {
        return orientation(inTIFF: Array(bytes[(position + 8)..<end]))
      }
      position = end + 4
    }
    return .upright
  }

  /// Reads tag 0x0112 of the first directory of a TIFF block, in either byte order.
  static func orientation(inTIFF block: [UInt8]) -> Orientation {
    guard block.count >= 8 else { return .upright }
    let littleEndian = block.starts(with: Array("II".utf8))
    guard littleEndian || block.starts(with: Array("MM".utf8)) else { return .upright }
    func integer(at offset: Int, bytes count: Int) -> Int? {
      guard offset >= 0, offset + count <= block.count else { return nil }
      let bytes = block[offset..<(offset + count)]
      return littleEndian
        ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = integer(at: 4, bytes: 4), let entries = integer(at: directory, bytes: 2) else {
      return .upright
    }
    for entry in 0..<entries {
      let start = directory + 2 + 12 * entry
      guard let tag = integer(at: start, bytes: 2), let value = integer(at: start + 8, bytes: 2) else {
        break
      }
      if tag == 0x0112 { return Orientation(rawValue: value) ?? .upright }
    }
    return .upright
  }
}
