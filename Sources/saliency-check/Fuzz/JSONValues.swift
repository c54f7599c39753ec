/// The values of an undamaged JSON text, by their places in it, so that one can be replaced and the rest stays as it is.
struct JSONValues: Sendable {
  struct Value: Sendable {
    /// Such as `config.layers[2].filters`.
    var path: String
    /// The bytes of the value, or of the key if `isKey`.
    var range: Range<Int>
    var isKey = false
  }

  private(set) var values: [Value] = []
  /// Where the text ends.
  private(set) var end: Int
  private let bytes: [UInt8]

  /// Reads the text that begins at a byte; nil if it is no JSON.
  init?(_ bytes: [UInt8], from start: Int = 0) {
    self.bytes = bytes
    end = start
    guard readValue("") else { return nil }
  }

  /// The text with one value replaced.
  func replacing(_ value: Value, with text: String) -> [UInt8] {
    Array(bytes[..<value.range.lowerBound]) + Array(text.utf8) + Array(bytes[value.range.upperBound...])
  }

  private mutating func skipSpace() {
    while end < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[end]) { end += 1 }
  }

  private var next: UInt8 { end < bytes.count ? bytes[end] : 0 }

  private mutating func readValue(_ path: String) -> Bool {
    skipSpace()
    let start = end
    let place = values.count
    values.append(Value(path: path, range: start..<start))
    guard readBody(path) else { return false }
    values[place].range = start..<end
    return true
  }

  private mutating func readBody(_ path: String) -> Bool {
    switch next {
    case UInt8(ascii: "{"): return readObject(path)
    case UInt8(ascii: "["): return readArray(path)
    case UInt8(ascii: "\""): return readString()
    default:
      let start = end
      while end < bytes.count, !" \t\r\n,]}".utf8.contains(bytes[end]) { end += 1 }
      return end > start && "-0123456789tfnNI".utf8.contains(bytes[start])
    }
  }

  private mutating func readString() -> Bool {
    end += 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < bytes.count else { return false }
    end += 1
    return true
  }

  private mutating func readArray(_ path: String) -> Bool {
    end += 1
    skipSpace()
    var index = 0
    while next != UInt8(ascii: "]") {
      guard readValue("\(path)[\(index)]"), skipComma(before: UInt8(ascii: "]")) else { return false }
      index += 1
    }
    end += 1
    return true
  }

  private mutating func readObject(_ path: String) -> Bool {
    end += 1
    skipSpace()
    while next != UInt8(ascii: "}") {
      let start = end
      guard next == UInt8(ascii: "\""), readString() else { return false }
      let key = String(decoding: bytes[(start + 1)..<(end - 1)], as: UTF8.self)
      let inner = path.isEmpty ? key : "\(path).\(key)"
      values.append(Value(path: inner, range: start..<end, isKey: true))
      skipSpace()
      guard next == UInt8(ascii: ":") else { return false }
      end += 1
      guard readValue(inner), skipComma(before: UInt8(ascii: "}")) else { return false }
    }
    end += 1
    return true
  }

  private mutating func skipComma(before close: UInt8) -> Bool {
    skipSpace()
    guard next != close else { return true }
    guard next == UInt8(ascii: ",") else { return false }
    end += 1
    skipSpace()
    return next != close
  }
}

extension JSONValues {
  /// What a value is replaced by.
  static let replacements = [
    "0", "-1", "1", "2", "3", "255", "65536", "2147483648", "4294967296", "4611686018427387904",
    "9223372036854775807",
    "-9223372036854775808", "18446744073709551616", "1e308", "-1e308", "1e-320", "1e999", "0.5", "NaN",
    "-Infinity",
    "\"NaN\"", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "null", "true", "false", "[]", "{}", "[[]]",
    "[0, 0]",
    "[-1, -1]", "[null, null]", "[1, [2, [3]]]", "[4611686018427387904, 4611686018427387904]",
    "{\"x\": {\"x\": []}}",
    String(repeating: "[", count: 3000) + String(repeating: "]", count: 3000),
    "\"" + String(repeating: "long ", count: 20_000) + "\"",
  ]

  /// How many mutants there are that differ in one value or key.
  var mutantCount: Int {
    let keys = values.count(where: \.isKey)
    return keys + (values.count - keys) * Self.replacements.count
  }

  /// The text with one value replaced by another, or one key renamed.
  func mutant(_ place: Int) -> (bytes: [UInt8], change: String) {
    let keys = values.filter(\.isKey)
    if place < keys.count {
      return (replacing(keys[place], with: "\"renamed\""), "\(keys[place].path) renamed")
    }
    let others = values.filter { !$0.isKey }
    let value = others[(place - keys.count) % others.count]
    let text = Self.replacements[(place - keys.count) / others.count % Self.replacements.count]
    return (replacing(value, with: text), "\(value.path.isEmpty ? "all" : value.path) = \(text.prefix(40))")
  }

  /// The text without the spaces between its values.
  static func compacted(_ bytes: [UInt8]) -> [UInt8] {
    var (result, isInside, isEscaped) = ([UInt8](), false, false)
    for byte in bytes {
      if !isInside, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { continue }
      if byte == UInt8(ascii: "\""), !isEscaped { isInside.toggle() }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      result.append(byte)
    }
    return result
  }
}
