/// A PNG whose samples are all zero: small, however many pixels it has.
struct BlackPNG {
  var width: Int
  var height: Int
  var bits: Int
  var colorType: Int
  var channels: Int

  /// More samples than this are declared, but not written.
  private static let mostBytes = 300_000_000

  var bytes: [UInt8] {
    var result: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    result += Self.chunk(
      "IHDR", Self.word(width) + Self.word(height) + [UInt8(bits), UInt8(colorType), 0, 0, 0])
    let (row, isTooWide) = width.multipliedReportingOverflow(by: bits * channels)
    let (size, isTooLarge) = (row / 8 + 2).multipliedReportingOverflow(by: height)
    let count = isTooWide || isTooLarge ? 1000 : min(size, Self.mostBytes)
    result += Self.chunk("IDAT", Self.compressedZeros(count))
    return result + Self.chunk("IEND", [])
  }

  private static func word(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let content = Array(name.utf8) + data
    return word(data.count) + content + word(Int(CRC32.of(content)))
  }

  /// Zeros as a zlib stream (RFC 1950, RFC 1951): a literal, then matches of 258 bytes at distance 1 in one block with
  /// fixed codes.
  private static func compressedZeros(_ count: Int) -> [UInt8] {
    var stream = BitStream(bytes: [0x78, 0x01])
    stream.append(0b011, bits: 3)
    let matches = max(count - 1, 0) / 258
    for _ in 0..<max(count - matches * 258, 0) { stream.append(0b0000_1100, bits: 8) }
    // The code of length 258, 11000101, and that of distance 1, 00000, first bit lowest.
    for _ in 0..<matches { stream.append(0b00000_10100011, bits: 13) }
    // The end of the block, and zeros up to the end of its byte.
    stream.append(0, bits: 7 + 7)
    return stream.bytes + word((count % 65521) << 16 | 1)
  }

  private struct BitStream {
    var bytes: [UInt8]
    private var held = 0
    private var count = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Appends bits, the lowest first.
    ///
    /// Bits that fill no byte yet are held back.
    mutating func append(_ value: Int, bits: Int) {
      held |= value << count
      count += bits
      while count >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: held))
        held >>= 8
        count -= 8
      }
    }
  }
}
