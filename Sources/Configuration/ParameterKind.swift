internal import Support

/// The kind of values that a parameter takes, in words for messages.
enum ParameterKind: CustomStringConvertible {
  case flag
  case number
  case whole(isSigned: Bool)
  case word
  case choice([String])
  indirect case optional(ParameterKind)

  /// The kind of a property's type, or nil if there are no plain words for it.
  init?(_ type: Any.Type) {
    switch type {
    case let type as any OptionalType.Type:
      guard let wrapped = ParameterKind(type.wrapped) else { return nil }
      self = .optional(wrapped)
    case let type as any CaseIterable.Type:
      guard let names = Self.names(type) else { return nil }
      self = .choice(names)
    case is Bool.Type: self = .flag
    case is any BinaryFloatingPoint.Type: self = .number
    case is any UnsignedInteger.Type: self = .whole(isSigned: false)
    case is any BinaryInteger.Type: self = .whole(isSigned: true)
    case is String.Type: self = .word
    default: return nil
    }
  }

  /// The words of a closed set, which are its raw values.
  private static func names<Choice: CaseIterable>(_ type: Choice.Type) -> [String]? {
    let names = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    return names.count == type.allCases.count ? names : nil
  }

  /// Whether a value as written is of this kind.
  func accepts(_ value: ParameterTree) -> Bool {
    switch (self, value) {
    case (.flag, .bool), (.number, .integer), (.number, .number), (.word, .string): true
    case (.whole(let isSigned), .integer(let value)): isSigned || value >= 0
    case (.whole(let isSigned), .number(let value)):
      value == value.rounded() && abs(value) < 0x1p53 && (isSigned || value >= 0)
    case (.choice(let names), .string(let word)): names.contains(word)
    case (.optional, .null): true
    case (.optional(let kind), _): kind.accepts(value)
    default: false
    }
  }

  var description: String {
    switch self {
    case .flag: "true or false"
    case .number: "a number"
    case .whole(isSigned: true): "a whole number"
    case .whole(isSigned: false): "a whole number from 0 to \(Int.max)"
    case .word: "a word"
    case .choice(let names): "one of \(names.joined(separator: ", "))"
    case .optional(let kind): kind.description
    }
  }

  /// The nearest of a closed set's names.
  func suggestion(for given: ParameterTree) -> String {
    guard case .choice(let names) = self, case .string(let word) = given else { return "" }
    return Support.suggestion(for: word, among: names)
  }
}

private protocol OptionalType {
  static var wrapped: Any.Type { get }
}

extension Optional: OptionalType {
  static var wrapped: Any.Type { Wrapped.self }
}

extension ParameterTree {
  /// Whether every number in it can be written as JSON.
  var isFinite: Bool {
    switch self {
    case .number(let value): value.isFinite
    case .list(let values): values.allSatisfy(\.isFinite)
    case .map(let values): values.values.allSatisfy(\.isFinite)
    case .null, .bool, .integer, .string: true
    }
  }

  /// Whether a number is small enough for a property of a type: only 32-bit floats are too small for some.
  func fits(_ type: Any.Type) -> Bool {
    guard case .number(let value) = self, type is Float.Type || type is Float?.Type else { return true }
    return abs(value) <= Double(Float.greatestFiniteMagnitude)
  }

  /// Words in quotation marks, for messages.
  var quoted: String { if case .string(let word) = self { "\"\(word)\"" } else { description } }
}
