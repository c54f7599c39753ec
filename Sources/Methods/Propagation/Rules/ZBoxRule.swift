public import SaliencyCore

/// LRP-z-box: contributions measured from the box in which the input lies; for a first layer that reads pixels.
///
/// R_i = sum_j (x_i w_ij - l_i w⁺_ij - h_i w⁻_ij) / sum_i (x_i w_ij - l_i w⁺_ij - h_i w⁻_ij) R_j, with l and h the
/// least and greatest value of each input. The bias cancels.
///
/// G. Montavon et al., 2017, arXiv:1512.02479, section 4.2.
///
/// - Complexity: three forward and three backward passes of the layer.
public struct ZBoxRule: LinearRule {
  /// The least value of each element of the layer's input, a batch of one.
  public var low: Tensor
  /// The greatest value of each element of the layer's input, a batch of one.
  public var high: Tensor
  /// What is added to the denominator, with its sign.
  public var stabilizer: Float

  /// The rule for inputs between two images.
  public init(low: Tensor, high: Tensor, stabilizer: Float = 1e-6) {
    (self.low, self.high, self.stabilizer) = (low, high, stabilizer)
  }

  public func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    let input = step.inputs[0]
    let count = input.batchSize
    let own = LinearTerm(layer, input: input)
    let bounds = [
      LinearTerm(layer, input: low.repeated(count), kernel: { max($0, 0) }),
      LinearTerm(layer, input: high.repeated(count), kernel: { min($0, 0) }),
    ]
    let z = bounds.reduce(own.output) { $0 - $1.output }
    let share = relevance.divided(by: z, stabilizer: stabilizer)
    return bounds.reduce(own.relevance(share)) { $0 - $1.relevance(share) }
  }
}
