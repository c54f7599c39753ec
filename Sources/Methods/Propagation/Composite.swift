internal import Configuration
internal import SaliencyCore

/// Which propagation rule each layer of a network gets.
public enum Composite: Sendable, Hashable, Codable {
  /// One that has a name in the literature.
  case preset(Preset)
  /// One rule for all dense layers and convolutions.
  case uniform(PropagationRule)
  /// Rules for layers by type, place or name; the first entry that selects a layer decides.
  case entries([Entry])

  /// The composites by name.
  ///
  /// The first part is the rule of dense layers, the second that of convolutions, the third that of the first layer.
  public enum Preset: String, Sendable, Codable, CaseIterable {
    /// Epsilon, gamma, z-box (Montavon 2019).
    case epsilonGammaBox = "epsilon-gamma-box"
    /// Epsilon, z-plus.
    case epsilonPlus = "epsilon-plus"
    /// Epsilon, z-plus, flat (Kohlbrenner 2020, arXiv:1910.09840).
    case epsilonPlusFlat = "epsilon-plus-flat"
    /// Epsilon, alpha-beta with alpha 2.
    case epsilonAlpha2Beta1 = "epsilon-alpha2-beta1"
    /// Epsilon, alpha-beta with alpha 2, flat.
    case epsilonAlpha2Beta1Flat = "epsilon-alpha2-beta1-flat"
  }

  /// A rule for some layers.
  public struct Entry: Sendable, Hashable, Codable {
    /// The layers: `first`, `last`, `convolution`, `dense`, `linear` (both), `any`, or a name with `*` and `?`.
    public var layers: String
    /// The rule.
    public var rule: PropagationRule

    public init(_ layers: String, _ rule: PropagationRule) { (self.layers, self.rule) = (layers, rule) }
  }

  /// Decodes the name of a composite or of a rule, or a list of entries.
  ///
  /// - Throws: `ConfigurationError.badParameter`.
  public init(from decoder: any Decoder) throws {
    let given = try ParameterTree(from: decoder)
    if case .list(let list) = given {
      guard !list.isEmpty else { throw Self.unknown(given) }
      self = .entries(try [Entry](from: decoder))
    } else if case .string(let text) = given, let preset = Preset(rawValue: text) {
      self = .preset(preset)
    } else if let rule = try PropagationRule.read(given) {
      self = .uniform(rule)
    } else {
      throw Self.unknown(given)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .preset(let preset): try preset.encode(to: encoder)
    case .uniform(let rule): try rule.encode(to: encoder)
    case .entries(let entries): try entries.encode(to: encoder)
    }
  }

  private static func unknown(_ given: ParameterTree) -> ConfigurationError {
    let names = Preset.allCases.map(\.rawValue) + PropagationRule.Name.allCases.map(\.rawValue)
    return .badParameter(
      of: "composite",
      reason:
        "found \"\(given)\", expected one of \(names.joined(separator: ", ")), or a list of layers and rules "
        + "such as [{layers=first, rule=flat}, {layers=linear, rule=epsilon}]")
  }

  /// The entries, in order of precedence.
  var rules: [Entry] {
    switch self {
    case .entries(let entries): entries
    case .uniform(let rule): [Entry("linear", rule)]
    case .preset(.epsilonGammaBox): Self.preset(first: ("first convolution", .zBox), PropagationRule(.gamma))
    case .preset(.epsilonPlus): Self.preset(PropagationRule(.zPlus))
    case .preset(.epsilonPlusFlat): Self.preset(first: ("first", .flat), PropagationRule(.zPlus))
    case .preset(.epsilonAlpha2Beta1): Self.preset(PropagationRule(.alphaBeta, alpha: 2))
    case .preset(.epsilonAlpha2Beta1Flat):
      Self.preset(first: ("first", .flat), PropagationRule(.alphaBeta, alpha: 2))
    }
  }

  private static func preset(
    first: (layers: String, name: PropagationRule.Name)? = nil, _ convolutions: PropagationRule
  ) -> [Entry] {
    (first.map { [Entry($0.layers, PropagationRule($0.name))] } ?? [])
      + [Entry("convolution", convolutions), Entry("dense", PropagationRule(.epsilon))]
  }
}

extension Composite.Entry {
  /// The layers that the entry is for.
  var selector: LayerSelector {
    let selected: LayerSelector =
      switch layers {
      case "first": .first
      case "first convolution": Self.convolution.first
      case "last": .last
      case "convolution": Self.convolution
      case "dense": .types([Dense.self])
      case "linear": .linear
      case "any": .any
      default: .named(layers)
      }
    return rule.isLinear ? selected.and(.linear) : selected
  }

  /// Convolutions of every kind.
  private static let convolution = LayerSelector.linear.except(.types([Dense.self]))
}
