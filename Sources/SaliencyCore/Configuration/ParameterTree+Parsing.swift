extension ParameterTree {
  /// Reads one expression: `name`, `name(key=value, …)`, a number, `true`, `[a, b]`.
  ///
  /// - Throws: `ConfigurationError.syntax`.
  public init(parsing text: String) throws(ConfigurationError) {
    let list = try Self.list(parsing: text)
    guard list.count == 1, let only = list.first else {
      throw .syntax(text, reason: "wanted one expression, found \(list.count)")
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
}

/// A recursive descent over `name(key=value, …)`.
private struct ExpressionParser {
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
      guard take(",") else { throw unexpected(wanted: end.map { "\",\" or \"\($0)\"" } ?? "\",\"") }
    }
  }

  private mutating func expression() throws(ConfigurationError) -> ParameterTree {
    if take("[") { return .list(try list(until: "]")) }
    let word = try word()
    guard take("(") else { return Self.scalar(word) }
    var parameters: [String: ParameterTree] = [:]
    if take(")") { return .map([word: .map([:])]) }
    while true {
      let key = try self.word()
      guard take("=") else { throw unexpected(wanted: "\"=\" after \"\(key)\"") }
      guard parameters.updateValue(try expression(), forKey: key) == nil else {
        throw .syntax(text, reason: "\"\(key)\" is given twice")
      }
      if take(")") { return .map([word: .map(parameters)]) }
      guard take(",") else { throw unexpected(wanted: "\",\" or \")\"") }
    }
  }

  private mutating func word() throws(ConfigurationError) -> String {
    skipSpace()
    let word = rest.prefix { !"(),=[]".contains($0) }
    rest = rest.dropFirst(word.count)
    let trimmed = word.split(separator: " ").joined(separator: " ")
    guard !trimmed.isEmpty else { throw unexpected(wanted: "a name or a value") }
    return trimmed
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard rest.first == character else { return false }
    rest = rest.dropFirst()
    skipSpace()
    return true
  }

  private mutating func skipSpace() { rest = rest.drop { $0.isWhitespace } }

  private func unexpected(wanted: String) -> ConfigurationError {
    .syntax(text, reason: "found \(rest.first.map { "\"\($0)\"" } ?? "the end"), wanted \(wanted)")
  }

  private static func scalar(_ word: String) -> ParameterTree {
    switch word {
    case "true": .bool(true)
    case "false": .bool(false)
    case "null": .null
    default: Int(word).map(ParameterTree.integer) ?? Double(word).map(ParameterTree.number) ?? .string(word)
    }
  }
}
