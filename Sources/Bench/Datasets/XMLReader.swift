/// Reads the XML of annotation files, one event at a time, from bytes that may be anything.
///
/// A part of XML 1.0: elements, text, CDATA, comments, the five named entities and characters by number. Attributes are checked and
/// dropped. A document type is refused, so that no entity can name a file or stand for more than one character.
struct XMLReader {
  enum Event: Equatable {
    case start(String)
    case text(String)
    case end(String)
  }

  /// The error and its line.
  struct Problem: Error, Equatable {
    let line: Int
    let words: String
  }

  /// The longest file that is read, in bytes.
  static let largest = 16 << 20
  /// How many elements may be inside each other.
  static let deepest = 64

  private let bytes: [UInt8]
  private var position = 0
  /// The elements that have not ended.
  private var open: [String] = []
  /// An element that has begun and ends at once: `<truncated/>`.
  private var isEmpty = false
  private var hasRoot = false

  /// - Throws: `Problem` if the bytes are no UTF-8 and do not say that they are ISO-8859-1.
  init(_ content: [UInt8]) throws(Problem) {
    var bytes = content
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if String(validating: bytes, as: UTF8.self) == nil {
      guard Self.isLatin(bytes) else {
        throw Problem(line: 1, words: "found bytes that are no UTF-8; convert the file to UTF-8")
      }
      bytes = bytes.flatMap { Array(String(Unicode.Scalar($0)).utf8) }
    }
    self.bytes = bytes
  }

  /// Whether the first line declares ISO-8859-1.
  private static func isLatin(_ bytes: [UInt8]) -> Bool {
    let head = String(decoding: bytes.prefix(200), as: UTF8.self).lowercased()
    return head.hasPrefix("<?xml") && head.prefix { $0 != ">" }.contains("iso-8859-1")
  }

  /// The next event; nil at the end of a whole document.
  ///
  /// - Throws: `Problem` if the document is not well-formed.
  mutating func next() throws(Problem) -> Event? {
    if isEmpty {
      isEmpty = false
      return .end(open.removeLast())
    }
    while position < bytes.count {
      if bytes[position] != UInt8(ascii: "<") {
        let text = try self.text()
        if !open.isEmpty { return .text(text) }
        guard text.allSatisfy(\.isWhitespace) else { throw problem("found text outside of the root element") }
      } else if take("<!--") {
        try skip(past: "-->")
      } else if take("<?") {
        try skip(past: "?>")
      } else if take("<![CDATA[") {
        let start = position
        try skip(past: "]]>")
        guard !open.isEmpty else { throw problem("found text outside of the root element") }
        return .text(String(decoding: bytes[start..<(position - 3)], as: UTF8.self))
      } else if take("<!") {
        throw problem("found a document type (<!...>), which is not read; delete it")
      } else {
        return try take("</") ? end() : start()
      }
    }
    guard open.isEmpty else { throw problem("the file ends inside <\(open[open.count - 1])>") }
    guard hasRoot else { throw problem("found no element") }
    return nil
  }

  // MARK: Tags

  private mutating func start() throws(Problem) -> Event {
    position += 1
    let name = try self.name()
    guard !(open.isEmpty && hasRoot) else { throw problem("found a second root element, <\(name)>") }
    guard open.count < Self.deepest else {
      throw problem("found more than \(Self.deepest) elements inside each other")
    }
    while true {
      skipSpace()
      if take("/>") {
        isEmpty = true
        break
      }
      if take(">") { break }
      _ = try self.name()
      skipSpace()
      guard take("=") else { throw problem("found an attribute without a value in <\(name)>") }
      skipSpace()
      let quote = take("\"") ? "\"" : "'"
      guard quote == "\"" || take("'") else {
        throw problem("found an attribute without quotes in <\(name)>")
      }
      try skip(past: quote)
    }
    open.append(name)
    hasRoot = true
    return .start(name)
  }

  private mutating func end() throws(Problem) -> Event {
    let name = try self.name()
    skipSpace()
    guard take(">") else { throw problem("found </\(name) without its >") }
    guard let last = open.last else { throw problem("found </\(name)>, expected no end") }
    guard last == name else { throw problem("found </\(name)>, expected </\(last)>") }
    return .end(open.removeLast())
  }

  private mutating func name() throws(Problem) -> String {
    let start = position
    while position < bytes.count, Self.isPartOfName(bytes[position]) { position += 1 }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let first = name.first, !"-.0123456789".contains(first) else {
      throw problem("found a tag without a name")
    }
    return name
  }

  private static func isPartOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      true
    default:
      byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: ".")
    }
  }

  // MARK: Text

  private mutating func text() throws(Problem) -> String {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
    let raw = bytes[start..<position]
    guard raw.contains(UInt8(ascii: "&")) else { return String(decoding: raw, as: UTF8.self) }
    var text = ""
    for (i, part) in raw.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).enumerated() {
      guard i > 0 else {
        text += String(decoding: part, as: UTF8.self)
        continue
      }
      guard let mark = part.firstIndex(of: UInt8(ascii: ";")),
        let character = Self.character(String(decoding: part[..<mark], as: UTF8.self))
      else { throw problem("found an & that begins no known entity; write &amp;") }
      text.append(character)
      text += String(decoding: part[(mark + 1)...], as: UTF8.self)
    }
    return text
  }

  private static func character(_ entity: String) -> Character? {
    switch entity {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    guard entity.hasPrefix("#") else { return nil }
    let isHexadecimal = entity.hasPrefix("#x")
    let number = UInt32(entity.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
    return number.flatMap(Unicode.Scalar.init).map(Character.init)
  }

  // MARK: Bytes

  /// Whether the next bytes are those of `text`, which are passed then.
  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    for i in 0..<count where bytes[position + i] != text.utf8Start[i] { return false }
    position += count
    return true
  }

  private mutating func skip(past text: String) throws(Problem) {
    let wanted = Array(text.utf8)
    var end = position
    while end + wanted.count <= bytes.count {
      if bytes[end] == wanted[0], bytes[end..<(end + wanted.count)].elementsEqual(wanted) {
        position = end + wanted.count
        return
      }
      end += 1
    }
    throw problem("found no \(text) before the end of the file")
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private func problem(_ words: String) -> Problem {
    Problem(line: 1 + bytes[..<position].count { $0 == UInt8(ascii: "\n") }, words: words)
  }
}
