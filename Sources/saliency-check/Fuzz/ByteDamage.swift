/// Damage done to a file's bytes, without regard to what they mean.
struct ByteDamage {
  enum Place { case anywhere, nearHDF5Structures }

  var place = Place.anywhere
  /// Whether the file keeps its length, as a part of an archive must.
  var keepsLength = false

  /// One to three kinds of damage, one after the other.
  func apply(to bytes: [UInt8], _ random: inout MutantRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.integer(below: 3) where !bytes.isEmpty { damage(&bytes, &random) }
    return bytes
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout MutantRandom) {
    let place = somewhere(in: bytes, &random)
    switch random.integer(below: keepsLength ? 7 : 8) {
    case 0, 1:
      for _ in 0...random.integer(below: 8) {
        bytes[somewhere(in: bytes, &random)] ^= 1 << UInt8(random.integer(below: 8))
      }
    case 2: bytes[place] = UInt8(random.integer(below: 256))
    case 3, 4: setWord(&bytes, at: place, &random)
    case 5:
      for i in place..<min(place + 1 + random.integer(below: 64), bytes.count) {
        bytes[i] = random.once(in: 2) ? 0 : 0xFF
      }
    case 6:
      let from = random.integer(below: bytes.count)
      let count = min(1 + random.integer(below: 256), bytes.count - from, bytes.count - place)
      bytes.replaceSubrange(place..<place + count, with: Array(bytes[from..<from + count]))
    default: bytes.removeLast(bytes.count - random.integer(below: bytes.count))
    }
  }

  private static let signatures = ["TREE", "HEAP", "SNOD", "OHDR", "GCOL", "FRHP", "BTHD", "\u{89}HDF"].map {
    Array($0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
  }

  /// A byte to damage; in HDF5 mostly near the structures that libhdf5 follows.
  private func somewhere(in bytes: [UInt8], _ random: inout MutantRandom) -> Int {
    guard place == .nearHDF5Structures, random.integer(below: 4) > 0 else {
      return random.integer(below: bytes.count)
    }
    if random.once(in: 3) { return random.integer(below: min(bytes.count, 4096)) }
    let wanted = random.element(of: Self.signatures)
    let start = random.integer(below: bytes.count)
    for i in start..<max(min(bytes.count - 4, start + 200_000), start)
    where bytes[i] == wanted[0] && bytes[i..<i + 4].elementsEqual(wanted) {
      return min(i + random.integer(below: 96), bytes.count - 1)
    }
    return start
  }

  /// A length, count or address replaced by one that is likely to hurt.
  private func setWord(_ bytes: inout [UInt8], at place: Int, _ random: inout MutantRandom) {
    let width = random.element(of: [2, 4, 8])
    let start = place / width * width
    guard start + width <= bytes.count else { return }
    let value = random.element(of: [
      0, 1, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, .max, .max - 7,
      UInt64(bytes.count), UInt64(bytes.count - 1), UInt64(random.integer(below: bytes.count)), 1 << 33,
      1 << 40,
    ])
    for i in 0..<width { bytes[start + i] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(i))) }
  }
}
