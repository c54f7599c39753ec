internal import Foundation

/// A method or metric that command lines and YAML files name and give parameters.
///
/// Its stored properties are its parameters; `init()` gives each the paper's value. The synthesised conformance to `Codable` reads
/// `smooth-grad(samples=25)` and YAML, and makes the key of a stored result.
public protocol Configurable: Sendable, Codable {
  /// The name on the command line and in YAML, in lower case with hyphens.
  static var identifier: String { get }

  /// The version of the code, which is part of the key under which results are stored.
  ///
  /// Change it with every change that alters a number: stored results of another version are not reused. By default it is
  /// empty: then the toolkit's own types have the toolkit's version, and other types that of the program, so that their results
  /// are computed again after every build that changes the program.
  static var version: String { get }

  /// Parameters that were added after results were stored.
  ///
  /// At its default such a parameter is no part of a result's key, so that results of earlier versions are found.
  static var addedParameters: Set<String> { get }

  /// Sets every parameter to the paper's value.
  init()

  /// Checks the values of the parameters; their types are right already.
  ///
  ///     public func validate() throws {
  ///       try Self.require("samples", samples, in: 1...Self.largestCount)
  ///       try Self.require("sigma", sigma, above: 0)
  ///     }
  ///
  /// - Throws: A `ConfigurationError`, as `require` throws it, or any error whose description names the parameter.
  func validate() throws
}

extension Configurable {
  public static var version: String { "" }
  public static var addedParameters: Set<String> { [] }
  public func validate() throws {}

  /// The type's name and every parameter: `{identifier: {…}}`.
  public var configuration: ParameterTree { .map([Self.identifier: .map(parameterTree)]) }

  /// The name and the parameters that are part of a result's key (`addedParameters`).
  package var keyConfiguration: ParameterTree { .map([Self.identifier: .map(keyTree)]) }

  /// The parameters that are part of a result's key, those of methods inside included.
  package var keyTree: [String: ParameterTree] {
    let tree = encodedTree(forKey: true)
    guard !Self.addedParameters.isEmpty else { return tree }
    let defaults = Self().encodedTree(forKey: true)
    return tree.filter { !Self.addedParameters.contains($0.key) || defaults[$0.key] != $0.value }
  }

  /// The name with the parameters that differ from the defaults: `smooth-grad(samples=25)`.
  public var label: String {
    if Mirror(reflecting: self).children.isEmpty { return Self.identifier }
    // Of methods inside too, parameters of later versions are left out at their defaults, so that names stay.
    let defaults = Self().keyTree
    let changed = keyTree.filter { defaults[$0.key] != $0.value }
    return ParameterTree.map([Self.identifier: .map(changed)]).description
  }

  /// Name and parameters as JSON with sorted keys: the same for the same parameters, whatever their order.
  public var canonicalJSON: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = (try? encoder.encode(configuration)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  /// The parameters as a tree, without those that are nil.
  package var parameterTree: [String: ParameterTree] { encodedTree(forKey: false) }

  private func encodedTree(forKey: Bool) -> [String: ParameterTree] {
    let encoder = JSONEncoder()
    if let key = CodingUserInfoKey.isForKey { encoder.userInfo[key] = forKey }
    // A parameter set from code may be infinite; encoding the others must not fail for it.
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
    // Decoding takes much longer than `init()`.
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
    do {
      try value.validate()
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw .badParameter(of: identifier, reason: "\(error)")
    }
    return value
  }

  /// Checks a value by the type of the parameter's default, if that type has a name for users.
  ///
  /// The errors of `JSONDecoder` do not always name the parameter.
  private static func check(_ value: ParameterTree, for key: String) throws(ConfigurationError) {
    let found = "\(key): found \(value.quoted)"
    guard value.isFinite else {
      throw .badParameter(of: identifier, reason: "\(found), expected a finite number")
    }
    guard let property = Mirror(reflecting: Self()).children.first(where: { $0.label == key })?.value,
      let kind = ParameterKind(type(of: property))
    else { return }
    guard value.fits(type(of: property)) else {
      throw .badParameter(
        of: identifier, reason: "\(found), expected a number of at most \(Float.greatestFiniteMagnitude)")
    }
    if kind.accepts(value) { return }
    throw .badParameter(of: identifier, reason: "\(found), expected \(kind)" + kind.suggestion(for: value))
  }

  private static func explain(_ error: DecodingError, given: [String: ParameterTree]) -> String {
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "\(found(context, given)), expected \(ParameterKind(type)?.description ?? "\(type)")"
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

extension CodingUserInfoKey {
  /// Whether a value is encoded as part of a result's key.
  package static let isForKey = CodingUserInfoKey(rawValue: "part of a result's key")
}
