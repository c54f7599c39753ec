public import SaliencyCore

/// LRP-epsilon: relevance in proportion to each contribution to a unit's value.
///
/// R_i = sum_j x_i w_ij / (z_j + epsilon sign(z_j)) R_j with z_j = sum_i x_i w_ij + b_j. The bias absorbs its share
/// of the relevance; without it (`usesBias`) z_j is the sum of the contributions alone.
///
/// S. Bach et al., PLOS ONE 2015, doi:10.1371/journal.pone.0130140, equation 58.
///
/// - Complexity: one backward pass of the layer; without the bias one forward pass more.
public struct EpsilonRule: LinearRule {
  /// What is added to the denominator, with its sign.
  public var epsilon: Float
  /// Whether the bias takes its share of the relevance.
  public var usesBias: Bool

  public init(epsilon: Float = 1e-6, usesBias: Bool = true) {
    (self.epsilon, self.usesBias) = (epsilon, usesBias)
  }

  public func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    if usesBias || layer.bias == nil {
      let share = relevance.divided(by: step.output, stabilizer: epsilon)
      return step.inputs[0].weighted(by: step.pullback(share)[0])
    }
    let term = LinearTerm(layer, input: step.inputs[0])
    return term.relevance(relevance.divided(by: term.output, stabilizer: epsilon))
  }
}
