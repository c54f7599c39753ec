/// CRC-32, the checksum of zip and PNG.
///
/// It is corrected after damage, so that the code behind the check is reached.
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }

  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
  }
}

/// The entries of an undamaged zip archive whose entries are stored, as Keras writes them.
struct StoredZip {
  struct Entry {
    var name: String
    var data: Range<Int>
    /// Where the checksum is, in the local header and in the directory.
    var sums: [Int]
  }

  private(set) var entries: [Entry] = []

  init(_ bytes: [UInt8]) {
    func number(_ at: Int, _ width: Int) -> Int {
      at + width <= bytes.count ? (0..<width).reversed().reduce(0) { $0 << 8 | Int(bytes[at + $1]) } : 0
    }
    var place = 0
    while place + 46 < bytes.count {
      defer { place += 1 }
      guard bytes[place] == 0x50, bytes[place + 1] == 0x4B, bytes[place + 2] == 1, bytes[place + 3] == 2,
        number(place + 10, 2) == 0
      else { continue }
      let (size, local, length) = (number(place + 20, 4), number(place + 42, 4), number(place + 28, 2))
      guard local + 30 < bytes.count, place + 46 + length <= bytes.count else { continue }
      let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
      guard start + size <= bytes.count, size > 0 else { continue }
      let name = String(decoding: bytes[(place + 46)..<(place + 46 + length)], as: UTF8.self)
      entries.append(Entry(name: name, data: start..<start + size, sums: [local + 14, place + 16]))
    }
  }

  /// Puts other data of the same length in an entry's place, with its checksum.
  static func replace(_ entry: Entry, with content: [UInt8], in bytes: inout [UInt8]) {
    bytes.replaceSubrange(entry.data, with: content)
    let sum = CRC32.of(content)
    for place in entry.sums {
      for i in 0..<4 { bytes[place + i] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(i))) }
    }
  }
}

enum PNGChunks {
  /// Corrects the checksum of every chunk.
  static func repairSums(_ bytes: inout [UInt8]) {
    var place = 8
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard place + 12 + length <= bytes.count else { return }
      let sum = CRC32.of(bytes[(place + 4)..<(place + 8 + length)])
      for i in 0..<4 {
        bytes[place + 8 + length + i] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(i)))
      }
      place += 12 + length
    }
  }
}
