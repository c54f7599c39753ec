internal import Foundation

/// The methods, or the metrics, by name: an explicit list, no registration at load time.
public struct Catalog<Element: Sendable>: Sendable {
  /// The word for an entry in messages: `method`.
  public let kind: String
  /// The types, in the order of the list.
  public let types: [any Configurable.Type]
  /// Parameters in place of the defaults, by the name of the entry; parameters that are given win.
  public private(set) var presets: [String: [String: ParameterTree]] = [:]

  public init(kind: String, types: [any Configurable.Type]) {
    self.kind = kind
    self.types = types
    let names = types.map { $0.identifier }
    precondition(Set(names).count == names.count, "two \(kind)s of one name among \(names)")
  }

  /// The catalog with parameters in place of the defaults.
  ///
  /// What an entry of such a name does not have is left out.
  public func with(presets: [String: [String: ParameterTree]]) -> Catalog {
    var copy = self
    copy.presets = presets
    return copy
  }

  /// The catalog with more entries at its end.
  package func adding(_ types: [any Configurable.Type]) -> Catalog {
    Catalog(kind: kind, types: self.types + types).with(presets: presets)
  }

  /// The names, in the order of the list.
  public var identifiers: [String] { types.map { $0.identifier } }

  /// The entry of a name with its default parameters.
  public func callAsFunction(_ name: String) throws(ConfigurationError) -> Element { try make(.string(name)) }

  /// An entry as the command line writes it: `name` or `name(key=value, …)`.
  public func parse(_ text: String) throws(ConfigurationError) -> Element {
    try make(try ParameterTree(parsing: text))
  }

  /// Several entries, separated by commas outside brackets.
  public func parseList(_ text: String) throws(ConfigurationError) -> [Element] {
    var result: [Element] = []
    for tree in try ParameterTree.list(parsing: text) { result.append(try make(tree)) }
    return result
  }

  /// An entry from a tree: a name, or a map of one name to its parameters.
  public func make(_ tree: ParameterTree) throws(ConfigurationError) -> Element {
    let (name, parameters) = try split(tree)
    guard let type = types.first(where: { $0.identifier == name }) else {
      throw .unknownName(name, kind: kind, known: identifiers)
    }
    let decoder = JSONDecoder()
    decoder.userInfo[Self.key] = self
    let made = try type.configured(by: preset(of: type).merging(parameters) { $1 }, decoder: decoder)
    guard let element = made as? Element else {
      preconditionFailure("\(type) is in a catalog of \(kind)s but is none")
    }
    return element
  }

  private func preset(of type: any Configurable.Type) -> [String: ParameterTree] {
    guard let preset = presets[type.identifier], !preset.isEmpty else { return [:] }
    let known = type.defaults
    return preset.filter { known[$0.key] != nil }
  }

  private func split(_ tree: ParameterTree) throws(ConfigurationError) -> (String, [String: ParameterTree]) {
    switch tree {
    case .string(let name): return (name, [:])
    case .map(let map) where map.count == 1:
      guard let (name, value) = map.first else { break }
      if case .map(let parameters) = value { return (name, parameters) }
      if case .null = value { return (name, [:]) }
      throw .syntax("\(tree)", reason: "the parameters of \"\(name)\" are no map of names to values")
    default: break
    }
    throw .syntax("\(tree)", reason: "expected a \(kind)'s name, or one name with its parameters")
  }

  /// The key under which a decoder carries the catalog, so that one entry can hold another.
  static var key: CodingUserInfoKey {
    guard let key = CodingUserInfoKey(rawValue: "catalog of \(Element.self)") else {
      preconditionFailure("any string makes a key")
    }
    return key
  }

  /// The catalog a decoder carries.
  package static func carried(by decoder: any Decoder) -> Catalog? { decoder.userInfo[key] as? Catalog }
}
