/// A fully connected layer over the last axis: y = x W + b.
///
/// Input `[N, ..., C]`, kernel `[C, K]`, output `[N, ..., K]`.
public struct Dense: ParametricLayer, AffineLayer {
  public let kernel: Tensor
  public let bias: Tensor?

  public init(kernel: Tensor, bias: Tensor? = nil) {
    precondition(kernel.shape.rank == 2, "a dense kernel has two axes, not \(kernel.shape)")
    precondition(bias.map { $0.shape == [kernel.shape[1]] } ?? true, "one bias for each unit")
    self.kernel = kernel
    self.bias = bias
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

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    var result = Tensor(shape: Shape(input.shape.dimensions.dropLast() + [units])) { output in
      product(input, kernel, transposed: false, rows: input.count / max(kernel.shape[0], 1), into: output)
    }
    if let bias { result.add(channelwise: bias) }
    return result
  }

  public func pullback(_ cotangent: Tensor, at step: Step) -> [Tensor] {
    let shape = Shape(cotangent.shape.dimensions.dropLast() + [kernel.shape[0]])
    return [
      Tensor(shape: shape) { output in
        product(cotangent, kernel, transposed: true, rows: cotangent.count / max(units, 1), into: output)
      }
    ]
  }

  public func parameterPullback(_ cotangent: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    let (inner, rows) = (kernel.shape[0], input.count / max(kernel.shape[0], 1))
    let gradient = Tensor(shape: kernel.shape) { output in
      input.withUnsafeScalars { a in
        cotangent.withUnsafeScalars { g in
          guard let a = a.baseAddress, let g = g.baseAddress, let output = output.baseAddress else { return }
          MatrixProduct.multiply(
            rows: inner, columns: units, inner: rows, .init(a, pitch: inner, transposed: true),
            .init(g, pitch: units), into: output, pitch: units)
        }
      }
    }
    return bias == nil ? [gradient] : [gradient, cotangent.sumOverAllButChannels()]
  }

  /// Row by row, so that a sample's result does not depend on the batch it is in.
  private func product(
    _ a: Tensor, _ kernel: Tensor, transposed: Bool, rows: Int, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let (inner, columns) = transposed ? (units, kernel.shape[0]) : (kernel.shape[0], units)
    a.withUnsafeScalars { a in
      kernel.withUnsafeScalars { k in
        guard let a = a.baseAddress, let k = k.baseAddress, let output = output.baseAddress else { return }
        for row in 0..<rows {
          MatrixProduct.multiply(
            rows: 1, columns: columns, inner: inner, .init(a + row * inner, pitch: inner),
            .init(k, pitch: units, transposed: transposed), into: output + row * columns, pitch: columns)
        }
      }
    }
  }
}
