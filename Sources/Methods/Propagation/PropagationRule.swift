internal import Configuration
internal import SaliencyCore

/// A propagation rule by name, with its parameters: `gamma(gamma=0.5)`.
///
/// Parameters that are not given are those of the method.
public struct PropagationRule: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The rules by name.
  public enum Name: String, Sendable, Codable, CaseIterable {
    /// The rules by name; `pass`, `norm` and `gradient` hand the relevance on as zennit does.
    case epsilon, zero, gamma, flat, pass, norm, gradient
    /// Positive and negative contributions with two factors.
    case alphaBeta = "alpha-beta"
    /// Positive weights and positive inputs.
    case zPlus = "z-plus"
    /// Squared weights, without the inputs.
    case wSquare = "w-square"
    /// The bounds of the input, for the first layer.
    case zBox = "z-box"
  }

  /// Which rule.
  public var name: Name
  /// The stabiliser of the epsilon rule.
  public var epsilon: Float?
  /// The factor of the gamma rule.
  public var gamma: Float?
  /// The weight of positive contributions in the alpha-beta rule, 2 by default; that of negative ones is alpha - 1.
  public var alpha: Float?

  public init(_ name: Name, epsilon: Float? = nil, gamma: Float? = nil, alpha: Float? = nil) {
    (self.name, self.epsilon, self.gamma, self.alpha) = (name, epsilon, gamma, alpha)
  }

  /// Whether the rule is for dense layers and convolutions alone.
  var isLinear: Bool { ![.pass, .norm, .gradient].contains(name) }

  public var description: String { tree.description }
}

extension PropagationRule {
  /// Decodes a name, or a name with parameters.
  ///
  /// - Throws: `ConfigurationError.badParameter` that names the rules, or the rule's parameters.
  public init(from decoder: any Decoder) throws {
    let given = try ParameterTree(from: decoder)
    guard let rule = try Self.read(given) else { throw Self.unknown(given) }
    self = rule
  }

  public func encode(to encoder: any Encoder) throws { try tree.encode(to: encoder) }

  /// The rule that is written; nil if no rule has this name.
  static func read(_ given: ParameterTree) throws -> PropagationRule? {
    switch given {
    case .string(let text):
      guard text.contains("(") else { return Name(rawValue: text).map { PropagationRule($0) } }
      return try read(ParameterTree(parsing: text))
    case .map(let map):
      guard map.count == 1, let (word, value) = map.first, let name = Name(rawValue: word) else { return nil }
      guard case .map(let parameters) = value else { return nil }
      return try PropagationRule(name, parameters)
    default: return nil
    }
  }

  private init(_ name: Name, _ parameters: [String: ParameterTree]) throws {
    self.init(name)
    for (key, value) in parameters.sorted(by: { $0.key < $1.key }) {
      let number: Float
      switch value {
      case .integer(let whole): number = Float(whole)
      case .number(let real): number = Float(real)
      default:
        throw ConfigurationError.badParameter(
          of: name.rawValue, reason: "\(key): found \"\(value)\", expected a number")
      }
      switch (name, key) {
      case (.epsilon, "epsilon"): epsilon = try Self.require(key, number, of: name, atLeast: 0)
      case (.gamma, "gamma"): gamma = try Self.require(key, number, of: name, atLeast: 0)
      case (.alphaBeta, "alpha"): alpha = try Self.require(key, number, of: name, atLeast: 1)
      default:
        throw ConfigurationError.unknownParameter(key, of: name.rawValue, known: Self.parameters(of: name))
      }
    }
  }

  private static func require(_ key: String, _ value: Float, of name: Name, atLeast bound: Float) throws
    -> Float
  {
    guard value.isFinite, value >= bound else {
      throw ConfigurationError.badParameter(
        of: name.rawValue, reason: "\(key): found \(value), expected at least \(Int(bound))")
    }
    return value
  }

  private static func parameters(of name: Name) -> [String] {
    switch name {
    case .epsilon: ["epsilon"]
    case .gamma: ["gamma"]
    case .alphaBeta: ["alpha"]
    default: []
    }
  }

  static func unknown(_ given: ParameterTree) -> ConfigurationError {
    .badParameter(
      of: "rule",
      reason: "found \"\(given)\", expected one of \(Name.allCases.map(\.rawValue).joined(separator: ", "))")
  }

  private var tree: ParameterTree {
    let values = [("epsilon", epsilon), ("gamma", gamma), ("alpha", alpha)]
    let given = values.compactMap { key, value in value.map { (key, ParameterTree.number(Double($0))) } }
    if given.isEmpty { return .string(name.rawValue) }
    return .map([name.rawValue: .map(Dictionary(uniqueKeysWithValues: given))])
  }
}
