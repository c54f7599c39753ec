internal import Foundation

/// Something an experiment or a command line names and sets up: a method, a metric.
///
/// Its stored properties are its parameters; `init()` gives each the paper's value. Conforming to `Codable` by
/// synthesis is all that is needed for `smooth-grad(samples=25)`, for YAML, and for the key of a stored result.
public protocol Configurable: Sendable, Codable {
  /// The name by which it is asked for, in lower case with hyphens.
  static var identifier: String { get }

  /// With the paper's parameters.
  init()

  /// What is wrong with the parameters, in words, or nil.
  var complaint: String? { get }
}

extension Configurable {
  public var complaint: String? { nil }

  /// The type's name and every parameter: `{identifier: {…}}`.
  public var configuration: ParameterTree { .map([Self.identifier: .map(parameterTree)]) }

  /// The name with the parameters that differ from the defaults: `smooth-grad(samples=25)`.
  public var label: String {
    let defaults = Self().parameterTree
    let changed = parameterTree.filter { defaults[$0.key] != $0.value }
    return ParameterTree.map([Self.identifier: .map(changed)]).description
  }

  /// Name and parameters as JSON with sorted keys: the same for the same parameters, whatever their order.
  public var canonicalJSON: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = (try? encoder.encode(configuration)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  var parameterTree: [String: ParameterTree] {
    guard let data = try? JSONEncoder().encode(self),
      let tree = try? JSONDecoder().decode([String: ParameterTree].self, from: data)
    else { return [:] }
    return tree
  }

  /// Every parameter's name: the encoded ones, and the optional ones that are not set.
  static var parameterNames: [String] {
    let value = Self()
    let stored = Mirror(reflecting: value).children.compactMap(\.label)
    return Set(value.parameterTree.keys).union(stored).sorted()
  }

  /// The type with the given parameters over the defaults.
  ///
  /// - Throws: `ConfigurationError` naming the parameter that is unknown, of the wrong type, or out of range.
  static func configured(
    by given: [String: ParameterTree], decoder: JSONDecoder
  ) throws(ConfigurationError) -> Self {
    let known = parameterNames
    for key in given.keys.sorted() where !known.contains(key) {
      throw .unknownParameter(key, of: identifier, known: known)
    }
    let tree = Self().parameterTree.merging(given) { $1 }
    let value: Self
    do {
      value = try decoder.decode(Self.self, from: JSONEncoder().encode(tree))
    } catch let error as ConfigurationError {
      throw error
    } catch let error as DecodingError {
      throw .badParameter(of: identifier, reason: explain(error, given: given))
    } catch {
      throw .badParameter(of: identifier, reason: "\(error)")
    }
    if let complaint = value.complaint { throw .badParameter(of: identifier, reason: complaint) }
    return value
  }

  private static func explain(_ error: DecodingError, given: [String: ParameterTree]) -> String {
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      let key = context.codingPath.first?.stringValue ?? ""
      return "\(key): found \(given[key].map { "\"\($0)\"" } ?? "nothing"), wanted \(plainName(type))"
    case .keyNotFound(let key, _): return "\(key.stringValue): missing"
    case .dataCorrupted(let context):
      let key = context.codingPath.first?.stringValue ?? ""
      return "\(key): found \(given[key].map { "\"\($0)\"" } ?? "nothing"); \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }

  private static func plainName(_ type: Any.Type) -> String {
    switch type {
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a word"
    default: "\(type)"
    }
  }
}

/// What is wrong with a named thing or its parameters.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// Nothing of this kind has the name.
  case unknownName(String, kind: String, known: [String])
  case unknownParameter(String, of: String, known: [String])
  case badParameter(of: String, reason: String)
  /// An expression that cannot be read.
  case syntax(String, reason: String)

  public var description: String {
    switch self {
    case .unknownName(let name, let kind, let known):
      return "no \(kind) is called \"\(name)\"" + suggestion(for: name, among: known)
        + " (known: \(known.joined(separator: ", ")))"
    case .unknownParameter(let key, let name, let known):
      return "\(name) has no parameter \"\(key)\"" + suggestion(for: key, among: known)
        + (known.isEmpty ? " (it has none)" : " (it has \(known.joined(separator: ", ")))")
    case .badParameter(let name, let reason): return "\(name): \(reason)"
    case .syntax(let text, let reason): return "cannot read \"\(text)\": \(reason)"
    }
  }
}
