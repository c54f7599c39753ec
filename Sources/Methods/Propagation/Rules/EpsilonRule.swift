public import SaliencyCore

/// LRP-epsilon: relevance in proportion to each contribution to a unit's value.
///
/// R_i = sum_j x_i w_ij / (z_j + epsilon sign(z_j)) R_j with z_j = sum_i x_i w_ij + b_j. The bias absorbs its share
/// of the relevance; without it (`bias`) z_j is the sum of the contributions alone.
///
/// S. Bach et al., PLOS ONE 2015, doi:10.1371/journal.pone.0130140, equation 58.
///
/// - Complexity: one backward pass of the layer; without the bias one forward pass more.
public struct EpsilonRule: LinearRule {
  /// What is added to the denominator, with its sign.
  public var epsilon: Float
  /// What becomes of the bias's share.
  public var bias: BiasShare

  /// The rule with a stabilizer.
  public init(epsilon: Float = 1e-6, bias: BiasShare = .absorb) {
    (self.epsilon, self.bias) = (epsilon, bias)
  }

  public func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    if bias != .ignore || layer.bias == nil {
      let share = relevance.divided(by: step.output, stabilizer: epsilon)
      let found = step.inputs[0].weighted(by: step.pullback(share)[0])
      if bias != .distribute { return found }
      let absorbed = AbsorbedRelevance(share: share, z: step.output, bias: layer.bias, stabilizer: epsilon)
      return found + absorbed.distributed(to: layer, at: step)
    }
    let term = LinearTerm(layer, input: step.inputs[0])
    return term.relevance(relevance.divided(by: term.output, stabilizer: epsilon))
  }
}
