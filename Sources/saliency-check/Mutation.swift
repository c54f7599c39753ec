import Foundation
import SaliencyCore

/// Damage done to a file's bytes, the same for the same seed and number whatever came before.
struct Mutation {
  private let random: CounterRandom
  private var position = 0

  init(seed: UInt64, number: Int) { random = CounterRandom(seed: seed, path: UInt64(number)) }

  mutating func integer(below bound: Int) -> Int {
    position += 1
    return bound > 0 ? random.integer(below: min(bound, Int(UInt32.max)), at: position) : 0
  }

  /// One to three kinds of damage, one after the other.
  mutating func apply(to bytes: [UInt8], kind: FileKind) -> [UInt8] {
    var bytes = bytes
    if kind == .keras, integer(below: 3) > 0,
      let entry = StoredZip(bytes).entries.dropLast(0).randomElement(using: &self)
    {
      return mutateEntry(entry, of: bytes)
    }
    for _ in 0...integer(below: 3) { damage(&bytes, kind: kind) }
    if kind == .png, integer(below: 2) == 0 { PNGChunks.repairSums(&bytes) }
    return bytes
  }

  private mutating func mutateEntry(_ entry: StoredZip.Entry, of bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var content = Array(bytes[entry.data])
    let kind: FileKind = entry.name.hasSuffix(".json") ? .json : .hdf5
    for _ in 0...integer(below: 3) { damage(&content, kind: kind, keepsLength: true) }
    bytes.replaceSubrange(entry.data, with: content)
    StoredZip.setSum(of: entry, to: CRC32.of(content), in: &bytes)
    return bytes
  }

  private mutating func damage(_ bytes: inout [UInt8], kind: FileKind, keepsLength: Bool = false) {
    guard !bytes.isEmpty else { return }
    let place = somewhere(in: bytes, kind: kind)
    switch integer(below: kind == .json ? 10 : 8) {
    case 0, 1:
      for _ in 0...integer(below: 8) {
        bytes[somewhere(in: bytes, kind: kind)] ^= 1 << UInt8(integer(below: 8))
      }
    case 2: bytes[place] = UInt8(integer(below: 256))
    case 3, 4: setWord(&bytes, at: place)
    case 5:
      let end = min(place + 1 + integer(below: 64), bytes.count)
      for i in place..<end { bytes[i] = integer(below: 2) == 0 ? 0 : 0xFF }
    case 6:
      let from = integer(below: bytes.count)
      let count = min(1 + integer(below: 256), bytes.count - from, bytes.count - place)
      bytes.replaceSubrange(place..<place + count, with: Array(bytes[from..<from + count]))
    case 7: if !keepsLength { bytes.removeLast(bytes.count - integer(below: bytes.count)) }
    default: edit(&bytes, at: place, keepsLength: keepsLength)
    }
  }

  /// A byte to damage: of HDF5 mostly near the structures that libhdf5 follows, elsewhere anywhere.
  private mutating func somewhere(in bytes: [UInt8], kind: FileKind) -> Int {
    let signatures = ["TREE", "HEAP", "SNOD", "OHDR", "GCOL", "FRHP", "BTHD", "\u{89}HDF"].map {
      Array($0.utf8)
    }
    guard kind == .hdf5, integer(below: 4) > 0 else { return integer(below: bytes.count) }
    if integer(below: 3) == 0 { return integer(below: min(bytes.count, 4096)) }
    let wanted = signatures[integer(below: signatures.count)]
    let start = integer(below: bytes.count)
    var i = start
    while i + 4 < min(bytes.count, start + 200_000) {
      if bytes[i] == wanted[0], bytes[i + 1] == wanted[1], bytes[i + 2] == wanted[2],
        bytes[i + 3] == wanted[3]
      {
        return min(i + integer(below: 96), bytes.count - 1)
      }
      i += 1
    }
    return start
  }

  /// A length, count or address replaced by one that is likely to hurt.
  private mutating func setWord(_ bytes: inout [UInt8], at place: Int) {
    let width = [2, 4, 8][integer(below: 3)]
    let start = place / width * width
    guard start + width <= bytes.count else { return }
    let values: [UInt64] = [
      0, 1, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, .max, .max - 7,
      UInt64(bytes.count), UInt64(bytes.count - 1), UInt64(integer(below: bytes.count)), 1 << 33, 1 << 40,
    ]
    let value = values[integer(below: values.count)]
    for i in 0..<width { bytes[start + i] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(i))) }
  }

  /// Damage that leaves text text: a number, a piece taken out, a piece put in twice.
  private mutating func edit(_ bytes: inout [UInt8], at place: Int, keepsLength: Bool) {
    let digits = bytes[place...].firstIndex { (0x30...0x39).contains($0) } ?? place
    let numbers = [
      "0", "-1", "1e308", "99999999999999999999", "2147483648", "null", "[]", "{}", "\"x\"", "NaN",
    ]
    if keepsLength {
      bytes[digits] = UInt8(0x30 + integer(below: 10))
    } else if integer(below: 2) == 0 {
      bytes.replaceSubrange(digits...digits, with: Array(numbers[integer(below: numbers.count)].utf8))
    } else {
      let count = min(1 + integer(below: 400), bytes.count - place)
      let piece = Array(bytes[place..<place + count])
      if integer(below: 2) == 0 {
        bytes.removeSubrange(place..<place + count)
      } else {
        bytes.insert(contentsOf: piece, at: place)
      }
    }
  }
}

extension Mutation: RandomNumberGenerator {
  mutating func next() -> UInt64 {
    UInt64(integer(below: 1 << 31)) << 33 | UInt64(integer(below: 1 << 31)) << 2
  }
}

/// What a file is, for the choice of damage.
enum FileKind {
  case hdf5, keras, json, png, jpeg

  init?(_ path: String) {
    switch (path as NSString).pathExtension.lowercased() {
    case "h5", "hdf5": self = .hdf5
    case "keras": self = .keras
    case "json": self = .json
    case "png": self = .png
    case "jpg", "jpeg": self = .jpeg
    default: return nil
    }
  }
}
