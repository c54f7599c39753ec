/// Parameters as written: the common form of YAML, JSON, and command-line values before they become a type.
public enum ParameterTree: Sendable, Hashable, Codable {
  /// No value: `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// Any other number.
  case number(Double)
  /// A name or other text.
  case string(String)
  /// Values in order.
  case list([ParameterTree])
  /// Values by name.
  case map([String: ParameterTree])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([ParameterTree].self) {
      self = .list(value)
    } else {
      self = .map(try container.decode([String: ParameterTree].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .map(let value): try container.encode(value)
    }
  }
}

extension ParameterTree: CustomStringConvertible {
  /// As the command line would write it: `smooth-grad(samples=25)`.
  ///
  /// Reading it (`init(parsing:)`) gives the same tree, but for a whole number that was a `number` (read as an integer)
  /// and a name without parameters (read as a string).
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    case .string(let value): Self.isPlain(value) ? value : Self.quoted(value)
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .map(let values): Self.describe(values)
    }
  }

  private static func describe(_ values: [String: ParameterTree]) -> String {
    if values.count == 1, let (name, value) = values.first, case .map(let parameters) = value {
      return key(name) + (parameters.isEmpty ? "" : "(\(list(parameters)))")
    }
    return "{\(list(values))}"
  }

  private static func list(_ values: [String: ParameterTree]) -> String {
    values.sorted { $0.key < $1.key }.map { "\(key($0.key))=\($0.value)" }.joined(separator: ", ")
  }

  private static func key(_ name: String) -> String { isWord(name) ? name : quoted(name) }

  private static func quoted(_ text: String) -> String {
    let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "\"" + String(escaped) + "\""
  }
}
