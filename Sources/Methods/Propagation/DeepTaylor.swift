internal import Configuration
public import SaliencyCore

/// Deep Taylor decomposition: each unit expanded to first order at a root in the domain of its inputs.
///
/// Attribution `[N, H, W, C]`: the score passes back by the z-plus rule through every dense layer and convolution
/// that reads ReLUs, and at the first layer by the rule of the pixels' domain: z-box if the range of the input is
/// known, w² if it is not. No bias takes a share, so that relevance is conserved; `completenessGap` reports how far.
///
/// G. Montavon et al., "Explaining nonlinear classification decisions with deep Taylor decomposition", Pattern
/// Recognition 2017, arXiv:1512.02479, sections 4 and 5.
///
/// Known deviations elsewhere: iNNvestigate gives biases a share.
///
/// - Complexity: two passes of each layer, six of the first; counted as two backward passes, one of which reads the score.
public struct DeepTaylor: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "deep-taylor", title: "Deep Taylor", family: .rule, paper: "Montavon 2017, arXiv:1512.02479",
    reduction: .sum)

  /// What the pixels are known to be.
  public enum Domain: String, Sendable, Codable, CaseIterable {
    /// In the range from black to white: the z-box rule.
    case box
    /// Any real number: the w² rule.
    case real
    /// Not negative: the z-plus rule.
    case positive
  }

  /// What the pixels are known to be; by default `box` if the range of the input is known, `real` otherwise.
  public var domain: Domain?
  /// What becomes of the share of biases.
  public var bias = BiasShare.ignore
  /// What is added to denominators.
  public var stabilizer: Float = 1e-6
  /// Whether batch normalisation is folded into the layer before it.
  public var foldNormalization = true

  public init() {}

  public func validate() throws { try Self.require("stabilizer", stabilizer, in: 0...) }

  public func validate(for model: Model) throws {
    try rules(for: model).requireBounds(of: model, method: Self.self)
  }

  public var expectedPasses: Passes { Passes(backward: 2) }

  public func reach(in model: Model) -> Reach { .everything }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let rules = rules(for: request.model)
    let map = try rules.map(for: request.model, method: Self.self)
    return try request.relevance(rules: map, of: rules.entries.count)
  }

  private func rules(for model: Model) -> PropagationRules {
    let first: PropagationRule.Name =
      switch domain ?? (model.inputBounds == nil ? .real : .box) {
      case .box: .zBox
      case .real: .wSquare
      case .positive: .zPlus
      }
    var rules = PropagationRules(entries: [
      Composite.Entry("first", PropagationRule(first)), Composite.Entry("linear", PropagationRule(.zPlus)),
    ])
    (rules.bias, rules.stabilizer, rules.foldsNormalization) = (bias, stabilizer, foldNormalization)
    rules.bounds = model.inputBounds
    return rules
  }
}
