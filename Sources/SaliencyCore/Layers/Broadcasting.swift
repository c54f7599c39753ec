/// A sum with a constant tensor, whose axes of size one are repeated: a position embedding.
public struct Bias: ParametricLayer {
  public var isAffine: Bool { true }

  /// The constant, with the axes of a sample.
  public let bias: Tensor
  /// Whether the constant is a parameter of the model.
  public let isLearned: Bool

  public init(_ bias: Tensor, isLearned: Bool = true) {
    self.bias = bias
    self.isLearned = isLearned
  }

  public var parameters: [Parameter] { isLearned ? [Parameter("bias", bias)] : [] }

  public func replacingParameters(_ values: [Tensor]) -> Bias {
    Bias(values.first ?? bias, isLearned: isLearned)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    try inputs.repeating(bias, as: "its bias")
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    inputs[0] + spread(bias, over: inputs[0].shape)
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] { [signal] }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    isLearned ? [gather(signal, to: bias.shape)] : []
  }
}

/// A product with a constant tensor, whose axes of size one are repeated: the scale of a residual branch, a mask.
public struct Scale: ParametricLayer {
  public var isAffine: Bool { true }

  /// The constant, with the axes of a sample.
  public let scale: Tensor
  /// Whether the constant is a parameter of the model.
  public let isLearned: Bool

  public init(_ scale: Tensor, isLearned: Bool = true) {
    self.scale = scale
    self.isLearned = isLearned
  }

  public var parameters: [Parameter] { isLearned ? [Parameter("scale", scale)] : [] }

  public func replacingParameters(_ values: [Tensor]) -> Scale {
    Scale(values.first ?? scale, isLearned: isLearned)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    try inputs.repeating(scale, as: "its scale")
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor { scaled(inputs[0]) }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] { [scaled(signal)] }

  private func scaled(_ tensor: Tensor) -> Tensor {
    let channels = tensor.channels
    if scale.count == channels, scale.shape.dimensions.last == channels {
      return Kernels.map(tensor, Epilogue(factor: scale.reshaped(to: [channels])))
    }
    return tensor * spread(scale, over: tensor.shape)
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    isLearned ? [gather(signal * step.inputs[0], to: scale.shape)] : []
  }
}

/// The input repeated along axes of size one.
public struct Expand: Layer {
  public var isAffine: Bool { true }

  /// The shape of a sample of the output.
  public let target: Shape

  /// A layer that repeats its input to a shape, that of a sample.
  public init(to target: Shape) { self.target = target }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.rank == target.rank,
      zip(shape.dimensions, target.dimensions).allSatisfy({ $0 == 1 || $0 == $1 })
    else { throw .rejected(inputs, wanted: "\(target), or size one along an axis") }
    return target
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    return Broadcast(input.shape, to: target.batched(input.batchSize)).spread(input)
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [Broadcast(step.inputShapes[0], to: signal.shape).gather(signal)]
  }
}

extension [Shape] {
  /// The only shape, if a constant of a sample's axes can be repeated to it.
  fileprivate func repeating(_ constant: Tensor, as name: String) throws(GraphError) -> Shape {
    let shape = try only()
    guard shape.rank == constant.shape.rank,
      zip(constant.shape.dimensions, shape.dimensions).allSatisfy({ $0 == 1 || $0 == $1 })
    else { throw .rejected(self, wanted: "axes as \(name) has them, \(constant.shape)") }
    return shape
  }
}

/// A constant of a sample's axes, repeated to a batch.
private func spread(_ constant: Tensor, over batch: Shape) -> Tensor {
  let one = constant.reshaped(to: constant.shape.batched(1))
  return Broadcast(one.shape, to: batch).spread(one)
}

/// A signal of a batch, summed to a constant of a sample's axes, in double precision.
private func gather(_ signal: Tensor, to shape: Shape) -> Tensor {
  var sums = [Double](repeating: 0, count: shape.count)
  signal.withUnsafeScalars { g in
    Broadcast(shape.batched(1), to: signal.shape).forEach { sums[$1] += Double(g[$0]) }
  }
  return Tensor(shape: shape, scalars: sums.map(Float.init))
}
