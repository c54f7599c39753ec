extension ParameterTree {
  /// Reads one expression: `name`, `name(key=value, …)`, a number, `true`, `[a, b]`, `{key=value}`.
  ///
  /// Text with other characters than letters, digits, and the like is quoted: `"a, b"`, with `\"` and `\\` inside.
  ///
  /// - Throws: `ConfigurationError.syntax`.
  public init(parsing text: String) throws(ConfigurationError) {
    let list = try Self.list(parsing: text)
    guard list.count == 1, let only = list.first else {
      throw .syntax(text, reason: "expected one expression, found \(list.count)")
    }
    self = only
  }

  /// Reads expressions separated by commas.
  ///
  /// - Throws: `ConfigurationError.syntax`.
  public static func list(parsing text: String) throws(ConfigurationError) -> [ParameterTree] {
    var parser = ExpressionParser(text)
    let list = try parser.list(until: nil)
    return list
  }

  /// Whether the parser reads the text, without quotes, as one word.
  static func isWord(_ text: String) -> Bool {
    !text.contains { ExpressionParser.marks.contains($0) || ($0.isWhitespace && $0 != " ") }
      && text.split(separator: " ", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
  }

  /// Whether the parser reads the text, without quotes, as this string.
  static func isPlain(_ text: String) -> Bool {
    isWord(text) && ExpressionParser.scalar(text) == .string(text)
  }
}

/// A recursive descent over `name(key=value, …)`.
private struct ExpressionParser {
  /// What ends a word.
  static let marks = "(),=[]{}\""

  let text: String
  var rest: Substring

  init(_ text: String) {
    self.text = text
    rest = text[...]
  }

  mutating func list(until end: Character?) throws(ConfigurationError) -> [ParameterTree] {
    var items: [ParameterTree] = []
    skipSpace()
    if let end, take(end) { return items }
    while true {
      items.append(try expression())
      if let end, take(end) { return items }
      if end == nil, rest.isEmpty { return items }
      guard take(",") else { throw unexpected(expected: end.map { "\",\" or \"\($0)\"" } ?? "\",\"") }
    }
  }

  private mutating func expression() throws(ConfigurationError) -> ParameterTree {
    if take("[") { return .list(try list(until: "]")) }
    if take("{") { return .map(try parameters(until: "}")) }
    let isQuoted = rest.first == "\""
    let word = try word()
    if take("(") { return .map([word: .map(try parameters(until: ")"))]) }
    return isQuoted ? .string(word) : Self.scalar(word)
  }

  private mutating func parameters(
    until end: Character
  ) throws(ConfigurationError) -> [String: ParameterTree] {
    var parameters: [String: ParameterTree] = [:]
    if take(end) { return parameters }
    while true {
      let key = try self.word()
      guard take("=") else { throw unexpected(expected: "\"=\" after \"\(key)\"") }
      guard parameters.updateValue(try expression(), forKey: key) == nil else {
        throw .syntax(text, reason: "\"\(key)\" is given twice")
      }
      if take(end) { return parameters }
      guard take(",") else { throw unexpected(expected: "\",\" or \"\(end)\"") }
    }
  }

  private mutating func word() throws(ConfigurationError) -> String {
    skipSpace()
    if rest.first == "\"" { return try quotedWord() }
    let word = rest.prefix { !Self.marks.contains($0) }
    rest = rest.dropFirst(word.count)
    let trimmed = word.split { $0.isWhitespace }.joined(separator: " ")
    guard !trimmed.isEmpty else { throw unexpected(expected: "a name or a value") }
    return trimmed
  }

  private mutating func quotedWord() throws(ConfigurationError) -> String {
    var (word, isEscaped) = ("", false)
    for (position, character) in rest.enumerated().dropFirst() {
      if !isEscaped, character == "\"" {
        rest = rest.dropFirst(position + 1)
        skipSpace()
        return word
      }
      isEscaped = !isEscaped && character == "\\"
      if !isEscaped { word.append(character) }
    }
    throw .syntax(text, reason: "a quotation mark is not closed")
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard rest.first == character else { return false }
    rest = rest.dropFirst()
    skipSpace()
    return true
  }

  private mutating func skipSpace() { rest = rest.drop { $0.isWhitespace } }

  private func unexpected(expected: String) -> ConfigurationError {
    .syntax(text, reason: "found \(rest.first.map { "\"\($0)\"" } ?? "the end"), expected \(expected)")
  }

  static func scalar(_ word: String) -> ParameterTree {
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    default:
      if let whole = Int(word) { return .integer(whole) }
      // "nan" and "inf" are words here: no parameter takes them, and JSON has no such numbers.
      if let number = Double(word), number.isFinite { return .number(number) }
      return .string(word)
    }
  }
}
