public import Configuration
internal import SaliencyCore

/// A value of a YAML file with its line, for error messages.
///
///     let root = try YAMLValue(contentsOf: "model.yaml")
///     let card = try root.map(keys: ["name", "labels"])
///     let name = try card["name"]?.text()
public struct YAMLValue: Sendable {
  /// What the value is.
  public enum Content: Sendable {
    /// No value.
    case null
    /// A scalar as it is written; `isQuoted` where quotes make it a text whatever it looks like.
    case scalar(String, isQuoted: Bool)
    /// Values in order.
    case list([YAMLValue])
    /// Values by key.
    case map(YAMLMap)
  }

  /// The file, as it is named in messages.
  public let file: String
  /// The line on which the value begins, from 1.
  public let line: Int
  /// The value without its place in the file.
  public let content: Content

  /// Reads a file.
  /// - Throws: `YAMLError` if there is no such file, or it is no YAML.
  public init(contentsOf path: String) throws(YAMLError) {
    try self.init(parsing: try TextFile.contents(of: path), file: path)
  }

  /// Reads a text; an empty one is null.
  /// - Throws: `YAMLError` with the line if the text is no YAML, gives a key twice, or is beyond a limit of `YAMLComposer`.
  public init(parsing text: String, file: String) throws(YAMLError) {
    var composer = try YAMLComposer(text, file: file)
    self = try composer.root()
  }

  init(file: String, line: Int, content: Content) {
    self.file = file
    self.line = line
    self.content = content
  }
}

extension YAMLValue {
  /// The value as parameters of a method or metric, for `Catalog.make`.
  public var parameters: ParameterTree {
    switch content {
    case .null: .null
    case .scalar(let text, let isQuoted): isQuoted ? .string(text) : Self.scalar(text)
    case .list(let items): .list(items.map(\.parameters))
    case .map(let map):
      .map(Dictionary(map.entries.map { ($0.key, $0.value.parameters) }) { first, _ in first })
    }
  }

  private static func scalar(_ text: String) -> ParameterTree {
    switch text {
    case "true", "True": .bool(true)
    case "false", "False": .bool(false)
    default: Int(text).map(ParameterTree.integer) ?? Double(text).map(ParameterTree.number) ?? .string(text)
    }
  }

  /// The value as a text; a number counts as the text it is written as.
  public func text() throws(YAMLError) -> String {
    guard case .scalar(let text, _) = content else { throw wanted("a text") }
    return text
  }

  /// The value as a whole number.
  public func integer() throws(YAMLError) -> Int {
    guard case .scalar(let text, isQuoted: false) = content, let value = Int(text) else {
      throw wanted("a whole number")
    }
    return value
  }

  /// The value as a number.
  public func number() throws(YAMLError) -> Double {
    guard case .scalar(let text, isQuoted: false) = content, let value = Double(text) else {
      throw wanted("a number")
    }
    return value
  }

  /// The value as `true` or `false`.
  public func bool() throws(YAMLError) -> Bool {
    guard case .bool(let value) = parameters else { throw wanted("true or false") }
    return value
  }

  /// The value as a list.
  public func list() throws(YAMLError) -> [YAMLValue] {
    guard case .list(let items) = content else { throw wanted("a list") }
    return items
  }

  /// The value as a map that has no keys but these.
  ///
  /// - Throws: `YAMLError` naming the keys that are none of them, each with the nearest.
  public func map(keys: [String]) throws(YAMLError) -> YAMLMap {
    var problems = YAMLProblems()
    let map = try problems.map(self, keys: keys)
    try problems.check()
    return map
  }

  /// The value as a map of any keys.
  public func map() throws(YAMLError) -> YAMLMap {
    guard case .map(let map) = content else { throw wanted("keys and values") }
    return map
  }

  /// An error with the value that was found and what was expected.
  public func wanted(_ wanted: String) -> YAMLError {
    YAMLError(file: file, line: line, "found \(found), wanted \(wanted)")
  }

  /// An error about this value.
  public func error(_ problem: String) -> YAMLError { YAMLError(file: file, line: line, problem) }

  private var found: String {
    switch content {
    case .null: "nothing"
    case .scalar(let text, _): "\"\(text)\""
    case .list(let items): "a list of \(items.count)"
    case .map: "keys and values"
    }
  }
}
