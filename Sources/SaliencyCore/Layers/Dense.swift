/// A fully connected layer over the last axis: y = x W + b.
///
/// Input `[N, ..., C]`, kernel `[C, K]`, output `[N, ..., K]`.
public struct Dense: LinearLayer {
  public let kernel: Tensor
  public let bias: Tensor?
  let packed: PackedFilters

  public init(kernel: Tensor, bias: Tensor? = nil) {
    precondition(kernel.shape.rank == 2, "a dense kernel has two axes, not \(kernel.shape)")
    precondition(bias.map { $0.shape == [kernel.shape[1]] } ?? true, "one bias for each unit")
    self.kernel = kernel
    self.bias = bias
    packed = PackedFilters(kernel, isNeededAsItIs: true)
  }

  public var units: Int { kernel.shape[1] }

  public var parameters: [Parameter] {
    [Parameter("kernel", kernel)] + (bias.map { [Parameter("bias", $0)] } ?? [])
  }

  public func replacingParameters(_ values: [Tensor]) -> Dense {
    Dense(kernel: values[0], bias: bias == nil ? nil : values[1])
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.dimensions.last == kernel.shape[0] else {
      throw .rejected(
        inputs, wanted: "\(kernel.shape[0]) in the last axis, as its kernel \(kernel.shape) has")
    }
    return Shape(shape.dimensions.dropLast() + [units])
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor { applied(to: inputs[0]) }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [pullback(FeatureView(signal), at: step, Epilogue())]
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    let (inner, rows) = (kernel.shape[0], input.count / max(kernel.shape[0], 1))
    let gradient = Tensor(shape: kernel.shape) { output in
      input.withUnsafeScalars { a in
        signal.withUnsafeScalars { g in
          guard let a = a.baseAddress, let g = g.baseAddress, let output = output.baseAddress else { return }
          MatrixProduct.multiply(
            rows: inner, columns: units, inner: rows, .init(a, pitch: inner, transposed: true),
            .init(g, pitch: units), into: output, pitch: units)
        }
      }
    }
    return bias == nil ? [gradient] : [gradient, signal.sumOverAllButChannels()]
  }

  /// One row for each sample reads the weights where they are; many rows, as over the pixels of a map, are worth
  /// packing them: a product of many rows is a convolution of 1 x 1.
  func pointwise(on shape: Shape) -> Convolution {
    Convolution(
      rows: shape.dimensions[1..<(shape.rank - 1)].reduce(1, *), inputs: kernel.shape[0], outputs: units)
  }
}
