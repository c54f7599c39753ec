internal import Configuration
public import SaliencyCore

/// Layer-wise relevance propagation: the score, handed back layer by layer to what contributed to it.
///
/// Attribution `[N, H, W, C]`: relevance that starts as the score at the target and passes each layer by the rule
/// that `composite` gives it. Batch normalisation is folded into the layer before it; residual sums and average
/// pooling split relevance in proportion; activations pass it on as it is; max pooling gives it to the maximum.
/// Biases and stabilisers absorb their share: `completenessGap` is
/// |sum of relevance - score| / |score|. `bias=distribute` shares out what they took, so
/// that relevance is conserved.
///
/// S. Bach et al., PLOS ONE 2015, doi:10.1371/journal.pone.0130140; rules and composites: G. Montavon et al., 2019,
/// doi:10.1007/978-3-030-28954-6_10. The default composite: M. Kohlbrenner et al., 2020, arXiv:1910.09840.
///
/// Known deviations elsewhere: zennit's rules and composites are the same, but sums are split only where it knows
/// them; Captum ends with the epsilon rule everywhere (1e-9) and refuses layers that it has no rule for;
/// iNNvestigate's presets differ in epsilon.
///
/// - Complexity: two to five passes of each layer, by its rule; counted as two backward passes, one of which reads the score.
public struct LRP: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "lrp", title: "LRP", family: .rule, paper: "Bach 2015, doi:10.1371/journal.pone.0130140",
    reduction: .sum, isSigned: true)

  /// Which rule each layer gets.
  public var composite = Composite.preset(.epsilonPlusFlat)
  /// The stabiliser of the epsilon rule.
  public var epsilon: Float = 1e-6
  /// The factor of the gamma rule.
  public var gamma: Float = 0.25
  /// The stabiliser of all other rules.
  public var stabilizer: Float = 1e-6
  /// What becomes of the share of biases and stabilisers.
  public var bias = BiasShare.absorb
  /// Whether batch normalisation is folded into the layer before it.
  public var foldNormalization = true
  /// The least value of the input, for the z-box rule; by default that of a black or white pixel.
  public var low: Float?
  /// The greatest value of the input, for the z-box rule; by default that of a black or white pixel.
  public var high: Float?

  public init() {}

  /// LRP with a composite.
  public init(composite: Composite) { self.composite = composite }

  public func validate() throws {
    try Self.require("epsilon", epsilon, in: 0...)
    try Self.require("gamma", gamma, in: 0...)
    try Self.require("stabilizer", stabilizer, in: 0...)
    if let low, let high { try Self.require("high", high, above: low) }
    try Self.require(
      "low", low.map { "\($0)" } ?? "nothing", (low == nil) == (high == nil), expected: "both low and high")
  }

  public func validate(for model: Model) throws {
    try rules(for: model).requireBounds(of: model, method: Self.self)
  }

  public var expectedPasses: Passes { Passes(backward: 2) }

  public func reach(in model: Model) -> Reach { .everything }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let map = try rules(for: request.model).map(for: request.model, method: Self.self)
    return try request.relevance(rules: map, of: composite.rules.count)
  }

  private func rules(for model: Model) -> PropagationRules {
    var rules = PropagationRules(entries: composite.rules)
    (rules.epsilon, rules.gamma, rules.stabilizer) = (epsilon, gamma, stabilizer)
    (rules.bias, rules.foldsNormalization) = (bias, foldNormalization)
    if let low, let high { rules.bounds = ([low], [high]) } else { rules.bounds = model.inputBounds }
    return rules
  }
}

extension AttributionRequest {
  /// The relevance of each pixel by rules, of a relevance that starts as the explained score.
  ///
  /// The relevance at the explained node is its value times the derivative of the target, which is the score at the
  /// target's class.
  ///
  /// - Parameter count: How many of the rules, from the first, are for layers with weights.
  /// - Throws: `GraphError.ruleMatchedNothing` if none of these was applied.
  func relevance(rules: RuleMap, of count: Int) throws -> Attribution {
    let scores = activations(at: explained)
    let slope = try pullback(to: [explained])[explained] ?? Tensor(repeating: 0, shape: scores.shape)
    let start = scores * slope
    let found = try pullback(to: [model.input], rules: rules, seed: start)
    if found.matches.prefix(count).allSatisfy({ $0 == 0 }) {
      let subjects = rules.entries.prefix(count).map(\.subject).joined(separator: ", ")
      throw GraphError.ruleMatchedNothing(rule: subjects, nonlinearities: found.nonlinearities)
    }
    let values = found[model.input] ?? Tensor(repeating: 0, shape: inputs.shape)
    let gaps = (0..<values.batchSize).map { n in
      let score = start.sample(n).sum
      return Float(abs(values.sample(n).sum - score) / max(abs(score), .leastNormalMagnitude))
    }
    return Attribution(values, matched: found.matches.reduce(0, +), completenessGap: gaps)
  }
}
