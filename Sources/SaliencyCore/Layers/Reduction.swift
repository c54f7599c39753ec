import Foundation

/// The last axis of a sample reduced to one number: `[N, ..., C]` to `[N, ..., 1]`, in double precision.
public struct Reduction: Layer {
  /// How the numbers of a row become one.
  public enum Operation: String, Sendable, CaseIterable {
    /// The mean.
    case mean = "ReduceMean"
    /// The sum.
    case sum = "ReduceSum"
    /// The largest.
    case maximum = "ReduceMax"
    /// The smallest.
    case minimum = "ReduceMin"
    /// The product.
    case product = "ReduceProd"
  }

  /// How the numbers of a row become one.
  public let operation: Operation

  public init(_ operation: Operation) { self.operation = operation }

  public var kind: String { operation.rawValue }

  public var isAffine: Bool { operation == .mean || operation == .sum }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.rank > 0, shape[shape.rank - 1] > 0 else {
      throw .rejected(inputs, wanted: "a last axis that is not empty")
    }
    return shape.withChannels(1)
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let (input, width) = (inputs[0], inputs[0].channels)
    return Tensor(shape: input.shape.withChannels(1)) { result in
      input.withUnsafeScalars { a in
        for row in 0..<result.count {
          result[row] = reduced(UnsafeBufferPointer(rebasing: a[(row * width)..<((row + 1) * width)]))
        }
      }
    }
  }

  private func reduced(_ row: UnsafeBufferPointer<Float>) -> Float {
    switch operation {
    case .mean: Float(row.reduce(0.0) { $0 + Double($1) } / Double(row.count))
    case .sum: Float(row.reduce(0.0) { $0 + Double($1) })
    case .maximum: row.reduce(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
    case .minimum: row.reduce(.infinity) { $1 < $0 || $1.isNaN ? $1 : $0 }
    case .product: Float(row.reduce(1.0) { $0 * Double($1) })
    }
  }

  /// Equal extremes share the gradient equally, as of `amax` in PyTorch and `reduce_max` in TensorFlow.
  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputShapes[0]
    let width = shape[shape.rank - 1]
    if operation == .mean || operation == .sum {
      let spread = Broadcast(signal.shape, to: shape).spread(signal)
      return [operation == .sum ? spread : spread * (1 / Float(width))]
    }
    let (input, output) = (step.inputs[0], step.output)
    return [
      Tensor(shape: shape) { result in
        input.withUnsafeScalars { a in
          for row in 0..<signal.count {
            let values = UnsafeBufferPointer(rebasing: a[(row * width)..<((row + 1) * width)])
            if operation == .product {
              for i in 0..<width {
                let others = (0..<width).reduce(1.0) { $1 == i ? $0 : $0 * Double(values[$1]) }
                result[row * width + i] = Float(Double(signal[row]) * others)
              }
              continue
            }
            let extreme = output[row]
            let share = signal[row] / Float(max(values.count { $0 == extreme }, 1))
            for i in 0..<width { result[row * width + i] = values[i] == extreme ? share : 0 }
          }
        }
      }
    ]
  }
}

/// The logarithm of the softmax along the last axis of a sample: x - log(sum(exp(x))).
public struct LogSoftmax: Layer {
  public init() {}

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { try inputs.only() }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let (input, width) = (inputs[0], inputs[0].channels)
    return Tensor(shape: input.shape) { result in
      input.withUnsafeScalars { a in
        for row in stride(from: 0, to: a.count, by: max(width, 1)) {
          let top = a[row..<(row + width)].max() ?? 0
          let total = a[row..<(row + width)].reduce(0.0) { $0 + exp(Double($1 - top)) }
          let shift = Double(top) + log(total)
          for i in row..<(row + width) { result[i] = Float(Double(a[i]) - shift) }
        }
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let (output, width) = (step.output, signal.channels)
    return [
      Tensor(shape: output.shape) { result in
        output.withUnsafeScalars { y in
          signal.withUnsafeScalars { g in
            for row in stride(from: 0, to: y.count, by: max(width, 1)) {
              let total = g[row..<(row + width)].reduce(0.0) { $0 + Double($1) }
              for i in row..<(row + width) { result[i] = Float(Double(g[i]) - exp(Double(y[i])) * total) }
            }
          }
        }
      }
    ]
  }
}
