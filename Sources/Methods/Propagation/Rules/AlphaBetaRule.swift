public import SaliencyCore

/// LRP-alpha-beta: positive and negative contributions apart, weighted alpha and -beta.
///
/// R_i = sum_j (alpha (x_i w_ij)⁺ / sum_i (x_i w_ij)⁺ - beta (x_i w_ij)⁻ / sum_i (x_i w_ij)⁻) R_j, with alpha - beta
/// = 1, so that relevance is conserved. The positive part of the bias belongs to the first sum, the negative part to
/// the second.
///
/// S. Bach et al., PLOS ONE 2015, doi:10.1371/journal.pone.0130140, equation 60.
///
/// - Complexity: one forward and one backward pass of the layer for each sign of x and of a contribution.
public struct AlphaBetaRule: LinearRule {
  /// The weight of the positive contributions.
  public var alpha: Float
  /// The weight of the negative contributions.
  public var beta: Float
  /// What is added to the denominators, with their sign.
  public var stabilizer: Float
  /// What becomes of the bias's share.
  public var bias: BiasShare

  /// The rule; `alpha` - `beta` = 1 conserves relevance.
  public init(alpha: Float = 2, beta: Float = 1, stabilizer: Float = 1e-6, bias: BiasShare = .absorb) {
    (self.alpha, self.beta, self.stabilizer, self.bias) = (alpha, beta, stabilizer, bias)
  }

  public func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    let input = step.inputs[0]
    func part(_ sign: FloatingPointSign) -> Tensor {
      let terms = SignedTerms(sign, of: layer, input: input, usesBias: bias != .ignore)
      return terms.relevance(relevance, of: layer, at: step, stabilizer: stabilizer, bias: bias)
    }
    if beta == 0 { return part(.plus) * alpha }
    return part(.plus).zip(part(.minus)) { alpha * $0 - beta * $1 }
  }
}
