/// Damage done to a text of words and lines: YAML, XML, lists of names.
struct TextDamage: Sendable {
  /// Words that a word of the text is replaced by, in addition to the ones that hurt everywhere.
  var words: [String]
  /// Whole texts that are put in place of the file.
  var texts: [String] = []

  private static let words = [
    "0", "-1", "1", "2147483648", "4611686018427387904", "9223372036854775807", "-9223372036854775808",
    "18446744073709551616", "1e308", "-1e308", "1e999", "1e-320", "0.5", "NaN", "nan", "-inf", "x", "",
    "\u{0}", "\u{FEFF}",
    "\u{202E}abc", "null", "true", "../../../../etc/passwd", "/dev/zero", ".", "..", "\u{1B}[31m",
    "e\u{301}\u{301}\u{301}", String(repeating: "long ", count: 20_000),
  ]

  /// Damages a text in one to three places.
  ///
  /// - Returns: The text and what was done to it.
  func apply(to text: [UInt8], _ random: inout MutantRandom) -> (bytes: [UInt8], change: String) {
    if !texts.isEmpty, random.once(in: 12) {
      let index = random.integer(below: texts.count)
      return (Array(texts[index].utf8), "text \(index) in place of the file")
    }
    var bytes = text
    var changes: [String] = []
    for _ in 0...random.integer(below: 3) where !bytes.isEmpty { changes.append(damage(&bytes, &random)) }
    return (bytes, changes.joined(separator: ", "))
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout MutantRandom) -> String {
    switch random.integer(below: 10) {
    case 0...4: return replaceWord(&bytes, &random)
    case 5: return damageByte(&bytes, &random)
    case 6, 7: return damageLine(&bytes, &random)
    case 8:
      let start = random.integer(below: bytes.count)
      let piece = Array(bytes[start..<min(start + 1 + random.integer(below: 200), bytes.count)])
      if random.once(in: 2) {
        bytes.removeSubrange(start..<start + piece.count)
        return "\(piece.count) bytes removed at \(start)"
      }
      bytes.insert(contentsOf: piece, at: start)
      return "\(piece.count) bytes twice at \(start)"
    default:
      let count = random.integer(below: bytes.count)
      bytes.removeLast(bytes.count - count)
      return "cut after \(count) bytes"
    }
  }

  private func replaceWord(_ bytes: inout [UInt8], _ random: inout MutantRandom) -> String {
    var ranges: [Range<Int>] = []
    var start = 0
    for (i, byte) in bytes.enumerated() where " \t\r\n,:;<>[]{}()=\"'/".utf8.contains(byte) {
      if i > start { ranges.append(start..<i) }
      start = i + 1
    }
    guard !ranges.isEmpty else { return damageByte(&bytes, &random) }
    let range = random.element(of: ranges)
    let word = random.element(of: Self.words + words)
    let old = String(decoding: bytes[range].prefix(30), as: UTF8.self)
    bytes.replaceSubrange(range, with: Array(word.utf8))
    return "\(old) -> \(word.prefix(30).debugDescription)"
  }

  private func damageByte(_ bytes: inout [UInt8], _ random: inout MutantRandom) -> String {
    let place = random.integer(below: bytes.count)
    let marks = Array("\u{0}\t\n\r &*!|>%@`#-?:,[]{}<>\"'\\".utf8) + [0x80, 0xC0, 0xED, 0xF5, 0xFF]
    bytes[place] = random.once(in: 2) ? random.element(of: marks) : UInt8(random.integer(below: 256))
    return "byte \(place) is \(bytes[place])"
  }

  private func damageLine(_ bytes: inout [UInt8], _ random: inout MutantRandom) -> String {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    let (place, other) = (random.integer(below: lines.count), random.integer(below: lines.count))
    let done: String
    switch random.integer(below: 5) {
    case 0:
      lines.remove(at: place)
      done = "line \(place + 1) removed"
    case 1:
      lines.insert(lines[place], at: place)
      done = "line \(place + 1) twice"
    case 2:
      lines.swapAt(place, other)
      done = "lines \(place + 1) and \(other + 1) swapped"
    case 3:
      lines[place] = Array(repeating: UInt8(ascii: " "), count: 1 + random.integer(below: 8)) + lines[place]
      done = "line \(place + 1) indented"
    default:
      lines = lines.map { $0 + [UInt8(ascii: "\r")] }
      done = "lines end in CR LF"
    }
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    return done
  }
}
