public import SaliencyCore

/// LRP-w²: relevance in proportion to the squared weights, whatever the input; for a first layer with unbounded input.
///
/// R_i = sum_j w²_ij / (sum_i w²_ij + b²_j) R_j.
///
/// G. Montavon et al., 2017, arXiv:1512.02479, section 4.1, there without the bias.
///
/// - Complexity: one forward and one backward pass of the layer.
public struct WSquareRule: LinearRule {
  /// What is added to the denominator.
  public var stabilizer: Float
  /// What becomes of the bias's share.
  public var bias: BiasShare

  /// The rule with a stabilizer.
  public init(stabilizer: Float = 1e-6, bias: BiasShare = .absorb) {
    (self.stabilizer, self.bias) = (stabilizer, bias)
  }

  public func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    let ones = Tensor(repeating: 1, shape: step.inputShapes[0])
    let term = LinearTerm(layer, input: ones, kernel: { $0 * $0 }, bias: bias == .ignore ? nil : { $0 * $0 })
    let share = relevance.divided(by: term.output, stabilizer: stabilizer)
    let found = term.gradient(share)
    if bias != .distribute { return found }
    let absorbed = AbsorbedRelevance(
      share: share, z: term.output, bias: term.bias, stabilizer: stabilizer)
    return found + absorbed.distributed(to: layer, at: step)
  }
}
