public import SaliencyCore

/// The epsilon rule for layers without weights: sums and means pass relevance on in proportion to what each input
/// contributed.
///
/// R_i = x_i · pullback(R / (z + epsilon sign(z)))_i for each input i: residual connections, average pooling, resizing.
///
/// Known deviations elsewhere: zennit splits only sums written as its module `Sum`, or found by a canonizer; any
/// other sum passes the whole relevance to each input.
public struct NormRule: BackwardRule {
  /// What is added to the denominator, with its sign.
  public var stabilizer: Float

  public init(stabilizer: Float = 1e-6) { self.stabilizer = stabilizer }

  public func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    let parts = step.pullback(signal.divided(by: step.output, stabilizer: stabilizer))
    return zip(step.inputs, parts).map { $0.weighted(by: $1) }
  }
}
