internal import Foundation
internal import Support

/// Something an experiment or a command line names and sets up: a method, a metric.
///
/// Its stored properties are its parameters; `init()` gives each the paper's value. Conforming to `Codable` by
/// synthesis is all that is needed for `smooth-grad(samples=25)`, for YAML, and for the key of a stored result.
public protocol Configurable: Sendable, Codable {
  /// The name by which it is asked for, in lower case with hyphens.
  static var identifier: String { get }

  /// The version of the code, which is part of the key under which results are stored.
  ///
  /// Change it with every change that alters a number: stored results of another version are not used again. If it is
  /// empty, as it is unless the type declares one, the toolkit's own types have the toolkit's version, and other types that of
  /// the program, so that their results are computed again after every build that changes the program.
  static var version: String { get }

  /// With the paper's parameters.
  init()

  /// What is wrong with the parameters, in words, or nil.
  var complaint: String? { get }
}

extension Configurable {
  public static var version: String { "" }
  public var complaint: String? { nil }

  /// What is wrong with a count, in words, or nil: for `complaint`.
  ///
  /// - Parameter most: A larger count is a slip of the hand, for it would take days or all memory.
  public static func complaint(
    _ name: String, _ count: Int, atLeast least: Int = 1, atMost most: Int = 1_000_000, unit: String = ""
  ) -> String? {
    let suffix = unit.isEmpty ? "" : " \(unit)"
    if count < least { return "\(name): found \(count), wanted at least \(least)\(suffix)" }
    return count <= most ? nil : "\(name): found \(count), wanted at most \(most)\(suffix)"
  }

  /// The type's name and every parameter: `{identifier: {…}}`.
  public var configuration: ParameterTree { .map([Self.identifier: .map(parameterTree)]) }

  /// The name with the parameters that differ from the defaults: `smooth-grad(samples=25)`.
  public var label: String {
    if Mirror(reflecting: self).children.isEmpty { return Self.identifier }
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

  package var parameterTree: [String: ParameterTree] {
    let encoder = JSONEncoder()
    // Set from code, a parameter may be infinite; it must not make all the others vanish.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    guard let data = try? encoder.encode(self),
      let tree = try? JSONDecoder().decode([String: ParameterTree].self, from: data)
    else { return [:] }
    return tree
  }

  /// Every parameter and its default: the encoded ones, and `null` for the optional ones that are not set.
  public static var defaults: [String: ParameterTree] {
    let value = Self()
    let stored = Mirror(reflecting: value).children.compactMap(\.label)
    return value.parameterTree.merging(stored.map { ($0, .null) }) { encoded, _ in encoded }
  }

  /// The type with the given parameters over the defaults.
  ///
  /// - Throws: `ConfigurationError` naming the parameter that is unknown, of the wrong type, or out of range.
  static func configured(
    by given: [String: ParameterTree], decoder: JSONDecoder
  ) throws(ConfigurationError) -> Self {
    // The way through JSON takes much longer than making the value.
    if given.isEmpty { return try checked(Self()) }
    let known = defaults.keys.sorted()
    for key in given.keys.sorted() where !known.contains(key) {
      throw .unknownParameter(key, of: identifier, known: known)
    }
    for (key, value) in given.sorted(by: { $0.key < $1.key }) { try check(value, for: key) }
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
    return try checked(value)
  }

  private static func checked(_ value: Self) throws(ConfigurationError) -> Self {
    if let complaint = value.complaint { throw .badParameter(of: identifier, reason: complaint) }
    return value
  }

  /// Holds a value against the type of the parameter's default, where that has plain words: `JSONDecoder`'s own
  /// errors do not always say which parameter they are about.
  private static func check(_ value: ParameterTree, for key: String) throws(ConfigurationError) {
    let found = "\(key): found \(value.quoted)"
    guard value.isFinite else {
      throw .badParameter(of: identifier, reason: "\(found), wanted a finite number")
    }
    guard let property = Mirror(reflecting: Self()).children.first(where: { $0.label == key })?.value,
      let kind = ParameterKind(type(of: property))
    else { return }
    guard value.fits(type(of: property)) else {
      throw .badParameter(
        of: identifier, reason: "\(found), wanted a number of at most \(Float.greatestFiniteMagnitude)")
    }
    if kind.accepts(value) { return }
    throw .badParameter(of: identifier, reason: "\(found), wanted \(kind)" + kind.suggestion(for: value))
  }

  private static func explain(_ error: DecodingError, given: [String: ParameterTree]) -> String {
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "\(found(context, given)), wanted \(ParameterKind(type)?.description ?? "\(type)")"
    case .keyNotFound(let key, _): return "\(key.stringValue): missing"
    case .dataCorrupted(let context): return "\(found(context, given)); \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }

  private static func found(_ context: DecodingError.Context, _ given: [String: ParameterTree]) -> String {
    let key = context.codingPath.first?.stringValue ?? ""
    return "\(key): found \(given[key]?.quoted ?? "nothing")"
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
