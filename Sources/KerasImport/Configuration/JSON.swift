/// A JSON value as Python writes it: `NaN` and `Infinity` are numbers, and the order of keys is kept.
enum JSON: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  subscript(key: String) -> JSON? {
    guard case .object(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The elements of a list, or of a tuple as Keras 3 writes one.
  var array: [JSON]? {
    if case .array(let values) = self { return values }
    return self["class_name"]?.string == "__tuple__" ? self["items"]?.array : nil
  }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var isNull: Bool { if case .null = self { true } else { false } }
  var isObject: Bool { if case .object = self { true } else { false } }
}

/// Why a text is not JSON.
struct JSONError: Error {
  let reason: String
  let offset: Int
}

extension JSON {
  /// Parses a whole text.
  static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.isAtEnd else { throw parser.error("more text after its end") }
    return value
  }
}

private struct JSONParser {
  /// Real configurations nest about 20 deep for each level of nested models.
  static let deepest = 400

  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }
  private var next: UInt8? { isAtEnd ? nil : bytes[position] }

  func error(_ reason: String) -> JSONError { JSONError(reason: reason, offset: position) }

  mutating func skipSpace() {
    // A byte order mark may stand before the text.
    if position == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for i in 0..<count where bytes[position + i] != text.utf8Start[i] { return false }
    position += count
    return true
  }

  mutating func value(depth: Int) throws(JSONError) -> JSON {
    guard depth < Self.deepest else { throw error("it nests more than \(Self.deepest) deep") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case nil: throw error("it ends too early")
    default: break
    }
    if take("null") { return .null }
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    if take("NaN") { return .number(.nan) }
    if take("Infinity") { return .number(.infinity) }
    if take("-Infinity") { return .number(-.infinity) }
    return .number(try number())
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    position += 1
    var entries: [(key: String, value: JSON)] = []
    skipSpace()
    if take("}") { return .object(entries) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("a key is wanted") }
      let key = try string()
      skipSpace()
      guard take(":") else { throw error("a colon is wanted") }
      entries.append((key, try value(depth: depth + 1)))
      skipSpace()
      if take("}") { return .object(entries) }
      guard take(",") else { throw error("a comma or } is wanted") }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    position += 1
    var values: [JSON] = []
    skipSpace()
    if take("]") { return .array(values) }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(values) }
      guard take(",") else { throw error("a comma or ] is wanted") }
    }
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      default: text.append(byte)
      }
    }
    throw error("a string has no end")
  }

  private mutating func escape() throws(JSONError) -> [UInt8] {
    guard let byte = next else { throw error("a string has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "u"): return Array(String(try unicode()).utf8)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    default: throw error("an unknown escape")
    }
  }

  private mutating func unit() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count,
      let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw error("four hexadecimal digits are wanted") }
    position += 4
    return value
  }

  private mutating func unicode() throws(JSONError) -> Character {
    let high = try unit()
    if (0xD800..<0xDC00).contains(high), take("\\u") {
      let low = try unit()
      if (0xDC00..<0xE000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      {
        return Character(scalar)
      }
      return "\u{FFFD}"
    }
    return Unicode.Scalar(high).map(Character.init) ?? "\u{FFFD}"
  }

  private mutating func number() throws(JSONError) -> Double {
    let start = position
    while let byte = next,
      (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    { position += 1 }
    guard position > start, position - start < 64,
      let value = Double(String(decoding: bytes[start..<position], as: UTF8.self))
    else { throw error("a value is wanted") }
    return value
  }
}
