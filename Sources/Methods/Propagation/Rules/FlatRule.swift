public import SaliencyCore

/// LRP-flat: a unit's relevance in equal parts to all its inputs; for a first layer.
///
/// R_i = sum_j R_j / n_j, with n_j the number of inputs that unit j reads; padding is no input.
///
/// S. Lapuschkin et al., "Unmasking Clever Hans predictors", 2019, doi:10.1038/s41467-019-08987-4.
///
/// - Complexity: one forward and one backward pass of the layer.
public struct FlatRule: LinearRule {
  /// What is added to the denominator.
  public var stabilizer: Float

  /// The rule with a stabilizer.
  public init(stabilizer: Float = 1e-6) { self.stabilizer = stabilizer }

  public func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    let ones = Tensor(repeating: 1, shape: step.inputShapes[0])
    let term = LinearTerm(layer, input: ones, kernel: { _ in 1 })
    return term.gradient(relevance.divided(by: term.output, stabilizer: stabilizer))
  }
}
