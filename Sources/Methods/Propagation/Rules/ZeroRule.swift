public import SaliencyCore

/// LRP-0: the epsilon rule without a stabiliser.
///
/// R_i = sum_j x_i w_ij / z_j R_j; a unit with z_j = 0 passes nothing on. In a network of ReLUs and maxima, LRP-0 in
/// every layer is gradient times input.
///
/// G. Montavon et al., "Layer-Wise Relevance Propagation: An Overview", 2019, doi:10.1007/978-3-030-28954-6_10,
/// section 10.2.1.
///
/// Known deviations elsewhere: zennit's `Epsilon(epsilon=0)` divides by 0.
public struct ZeroRule: LinearRule {
  /// What becomes of the bias's share.
  public var bias: BiasShare

  public init(bias: BiasShare = .absorb) { self.bias = bias }

  public func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    if bias != .ignore || layer.bias == nil {
      let share = Self.share(relevance, of: step.output)
      let found = step.inputs[0].weighted(by: step.pullback(share)[0])
      if bias != .distribute { return found }
      let absorbed = AbsorbedRelevance(share: share, z: step.output, bias: layer.bias, stabilizer: 0)
      return found + absorbed.distributed(to: layer, at: step)
    }
    let term = LinearTerm(layer, input: step.inputs[0])
    return term.relevance(Self.share(relevance, of: term.output))
  }

  private static func share(_ relevance: Tensor, of z: Tensor) -> Tensor {
    relevance.zip(z) { $1 == 0 ? 0 : $0 / $1 }
  }
}
