import Foundation

/// Layer normalisation: each sample's values, over its last axes, shifted and scaled to mean 0 and variance 1.
///
/// (x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and variance over the last `axes` axes.
/// J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer Normalization", 2016, arXiv:1607.06450.
public struct LayerNormalization: ParametricLayer {
  /// The factor of each channel; nil for 1.
  public let gamma: Tensor?
  /// The offset of each channel; nil for 0.
  public let beta: Tensor?
  /// How many of the last axes are normalised together.
  public let axes: Int
  /// What is added to the variance, or mean square, before the root.
  public let epsilon: Float

  /// A normalisation over the last axes.
  public init(gamma: Tensor? = nil, beta: Tensor? = nil, axes: Int = 1, epsilon: Float = 1e-3) {
    precondition(axes > 0, "at least one axis is normalised")
    self.gamma = gamma
    self.beta = beta
    self.axes = axes
    self.epsilon = epsilon
  }

  public var parameters: [Parameter] {
    [gamma.map { Parameter("gamma", $0) }, beta.map { Parameter("beta", $0) }].compactMap(\.self)
  }

  public func replacingParameters(_ values: [Tensor]) -> LayerNormalization {
    var rest = values[...]
    let gamma = self.gamma == nil ? nil : rest.popFirst()
    let beta = self.beta == nil ? nil : rest.popFirst()
    return LayerNormalization(gamma: gamma, beta: beta, axes: axes, epsilon: epsilon)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.rank >= axes else { throw .rejected(inputs, wanted: "at least \(axes) axes") }
    let normalised = Shape(Array(shape.dimensions.suffix(axes)))
    for (name, parameter) in [("gamma", gamma), ("beta", beta)] {
      guard let parameter, parameter.shape != normalised else { continue }
      throw .rejected(inputs, wanted: "\(parameter.shape) in its last axes, as its \(name) has")
    }
    return shape
  }

  /// Mean and 1 / sqrt(variance + epsilon) of one group, in double precision.
  private func statistics(_ group: UnsafeBufferPointer<Float>.SubSequence) -> (mean: Double, scale: Double) {
    let mean = group.reduce(0.0) { $0 + Double($1) } / Double(group.count)
    let variance = group.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(group.count)
    return (mean, 1 / (variance + Double(epsilon)).squareRoot())
  }

  private func groupSize(_ shape: Shape) -> Int { shape.dimensions.suffix(axes).reduce(1, *) }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    return Kernels.layerNormalization(
      input, size: groupSize(input.shape), gamma: gamma, beta: beta, epsilon: epsilon)
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    return [
      Kernels.layerNormalizationBackward(
        signal, input, size: groupSize(input.shape), gamma: gamma, epsilon: epsilon)
    ]
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    let size = groupSize(input.shape)
    var byGamma = [Double](repeating: 0, count: size)
    var byBeta = byGamma
    input.withUnsafeScalars { x in
      signal.withUnsafeScalars { g in
        for start in stride(from: 0, to: x.count, by: max(size, 1)) {
          let (mean, scale) = statistics(x[start..<start + size])
          for i in 0..<size {
            byGamma[i] += Double(g[start + i]) * (Double(x[start + i]) - mean) * scale
            byBeta[i] += Double(g[start + i])
          }
        }
      }
    }
    return [gamma.map { ($0, byGamma) }, beta.map { ($0, byBeta) }].compactMap(\.self)
      .map { Tensor(shape: $0.0.shape, scalars: $0.1.map(Float.init)) }
  }
}
