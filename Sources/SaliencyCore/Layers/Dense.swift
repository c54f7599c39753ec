/// A fully connected layer over the last axis: y = x W + b.
///
/// Input `[N, ..., C]`, kernel `[C, K]`, output `[N, ..., K]`.
public struct Dense: LinearLayer {
  public let bias: Tensor?
  let packed: PackedFilters

  /// A dense layer with the given weights.
  public init(kernel: Tensor, bias: Tensor? = nil) {
    self.init(PackedFilters(kernel, isNeededAsItIs: true), bias: bias)
  }

  /// A dense layer whose kernel `origin` writes, every element, when it is first needed.
  package init(
    kernel shape: Shape, from origin: @escaping @Sendable (UnsafeMutableBufferPointer<Float>) -> Void,
    bias: Tensor? = nil
  ) {
    self.init(PackedFilters(shape, from: origin, isNeededAsItIs: true), bias: bias)
  }

  private init(_ packed: PackedFilters, bias: Tensor?) {
    precondition(packed.shape.rank == 2, "a dense kernel has two axes, not \(packed.shape)")
    precondition(bias.map { $0.shape == [packed.shape[1]] } ?? true, "one bias for each unit")
    self.bias = bias
    self.packed = packed
  }

  public var kernel: Tensor { packed.filter }

  /// The number of output channels.
  public var units: Int { packed.shape[1] }

  public var parameterCount: Int { packed.shape.count + (bias?.count ?? 0) }

  public func replacing(kernel: Tensor, bias: Tensor?) -> Dense { Dense(kernel: kernel, bias: bias) }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.dimensions.last == packed.shape[0] else {
      throw .rejected(
        inputs, wanted: "\(packed.shape[0]) in the last axis, as its kernel \(packed.shape) has")
    }
    return Shape(shape.dimensions.dropLast() + [units])
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor { applied(to: inputs[0]) }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [pullback(FeatureView(signal), at: step, Epilogue())]
  }

  public func kernelPullback(_ signal: Tensor, at step: Step) -> Tensor {
    let (input, rows) = (step.inputs[0], signal.count / max(units, 1))
    return Kernels.transposedProduct(
      input.reshaped(to: [rows, packed.shape[0]]), signal.reshaped(to: [rows, units]))
  }

  /// The layer as a convolution of 1 x 1, for inputs with positions: many rows are worth packing the weights.
  func pointwise(on shape: Shape) -> Convolution {
    Convolution(
      rows: shape.dimensions[1..<(shape.rank - 1)].reduce(1, *), inputs: packed.shape[0], outputs: units)
  }
}

extension Dense: EpilogueLayer, EpiloguePullbackLayer {
  var writesIntoWiderTargets: Bool { false }

  func forward(_ input: Tensor, _ epilogue: Epilogue, into target: FeatureTarget) {
    var epilogue = epilogue
    epilogue.bias = bias
    if input.shape.rank > 2 {
      pointwise(on: input.shape).run(.forward, FeatureView(input), packed, epilogue, into: target)
    } else {
      Kernels.dense(input, kernel, epilogue, into: target)
    }
  }

  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    let shape = step.inputShape
    return Tensor(shape: shape) {
      if shape.rank > 2 {
        pointwise(on: shape).run(.backward, signal, packed, epilogue, into: $0)
      } else {
        Kernels.denseBackward(signal.tensor, kernel, epilogue, into: $0)
      }
    }
  }
}
