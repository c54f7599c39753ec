public import SaliencyCore

/// LRP-gamma: the contributions of a unit's own sign count 1 + gamma times.
///
/// With positive inputs R_i = sum_j x_i (w_ij + gamma w⁺_ij) / sum_i x_i (w_ij + gamma w⁺_ij) R_j. The general form,
/// for inputs of both signs: a unit with z_j > 0 favours its positive contributions, one with z_j < 0 its negative
/// ones; z_j = 0 passes nothing on.
///
/// G. Montavon et al., 2019, doi:10.1007/978-3-030-28954-6_10, section 10.2.1; the general form: L. Andéol et al.,
/// 2021, arXiv:2106.13230.
///
/// - Complexity: one forward and one backward pass of the layer for each sign of x and of z that occurs.
public struct GammaRule: LinearRule {
  /// How much more the favoured contributions count.
  public var gamma: Float
  /// What is added to the denominator, with its sign.
  public var stabilizer: Float
  /// What becomes of the bias's share.
  public var bias: BiasShare

  /// The rule with a factor for positive weights.
  public init(gamma: Float = 0.25, stabilizer: Float = 1e-6, bias: BiasShare = .absorb) {
    (self.gamma, self.stabilizer, self.bias) = (gamma, stabilizer, bias)
  }

  public func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    let (input, output) = (step.inputs[0], step.output)
    let parts: [(FloatingPointSign, Tensor)] = [
      (.plus, relevance.zip(output) { $1 > 0 ? $0 : 0 }), (.minus, relevance.zip(output) { $1 < 0 ? $0 : 0 }),
    ]
    var result: Tensor?
    for (sign, part) in parts where !part.isZero {
      let terms = SignedTerms(sign, of: layer, input: input, usesBias: bias != .ignore) { $0 + gamma * $1 }
      let found = terms.relevance(part, of: layer, at: step, stabilizer: stabilizer, bias: bias)
      result = result.map { $0 + found } ?? found
    }
    return result ?? Tensor(repeating: 0, shape: input.shape)
  }
}
