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

  /// Whether the stabiliser's share goes in equal parts to the inputs, so that relevance is conserved where they sum to 0.
  public var distributes: Bool

  /// The rule with a stabilizer.
  public init(stabilizer: Float = 1e-6, distributes: Bool = false) {
    (self.stabilizer, self.distributes) = (stabilizer, distributes)
  }

  public func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    let z = step.output
    let share = signal.divided(by: z, stabilizer: stabilizer)
    let found = zip(step.inputs, step.pullback(share)).map { $0.weighted(by: $1) }
    return distributes ? zip(found, absorbed(share, z, step)).map { $0 + $1 } : found
  }

  /// What the stabiliser took, in equal parts to the inputs of each element.
  private func absorbed(_ share: Tensor, _ z: Tensor, _ step: Step) -> [Tensor] {
    let ones = step.inputShapes.map { Tensor(repeating: 1, shape: $0) }
    let counts = step.layer(ones)
    let rest = share.zip(z) { $0 * ($1 < 0 ? -stabilizer : stabilizer) }
    return step.pullback(rest.zip(counts) { $1 == 0 ? 0 : $0 / $1 })
  }
}
