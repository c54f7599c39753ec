public import SaliencyCore

/// LRP-z-plus: positive contributions alone, alpha-beta with alpha 1 and beta 0.
///
/// R_i = sum_j (x_i w_ij)⁺ / (sum_i (x_i w_ij)⁺ + b⁺_j) R_j. Inputs may be negative.
///
/// G. Montavon et al., "Explaining nonlinear classification decisions with deep Taylor decomposition", 2017,
/// arXiv:1512.02479, there for positive inputs and without the bias.
///
/// - Complexity: one forward and one backward pass of the layer for each sign of x.
public struct ZPlusRule: LinearRule {
  /// What is added to the denominator.
  public var stabilizer: Float
  /// What becomes of the bias's share.
  public var bias: BiasShare

  /// The rule with a stabilizer.
  public init(stabilizer: Float = 1e-6, bias: BiasShare = .absorb) {
    (self.stabilizer, self.bias) = (stabilizer, bias)
  }

  public func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    let terms = SignedTerms(.plus, of: layer, input: step.inputs[0], usesBias: bias != .ignore)
    return terms.relevance(relevance, of: layer, at: step, stabilizer: stabilizer, bias: bias)
  }
}
