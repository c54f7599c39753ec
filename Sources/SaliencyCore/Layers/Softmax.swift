import Foundation

/// exp(x_i) / sum_j exp(x_j) along one axis of the sample (the last by default), shifted by the maximum.
public struct Softmax: Layer {
  /// The axis, counted from the end: -1 is the last.
  public let axis: Int

  /// A softmax along an axis, counted from the end.
  public init(axis: Int = -1) {
    precondition(axis < 0, "the axis is counted from the end, -1 the last, not \(axis)")
    self.axis = axis
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.rank >= -axis else { throw .rejected(inputs, wanted: "at least \(-axis) axes") }
    return shape
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    if isVectorized(input.shape) { return Kernels.softmax(input) }
    return Tensor(shape: input.shape) { result in
      input.withUnsafeScalars { a in
        forEachLine(input.shape) { start, stride, count in
          var top = -Float.infinity
          for i in 0..<count { top = max(top, a[start + i * stride]) }
          var total = 0.0
          for i in 0..<count { total += exp(Double(a[start + i * stride] - top)) }
          for i in 0..<count {
            result[start + i * stride] = Float(exp(Double(a[start + i * stride] - top)) / total)
          }
        }
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let output = step.output
    if isVectorized(output.shape) { return [Kernels.softmaxBackward(signal, output)] }
    return [
      Tensor(shape: output.shape) { result in
        output.withUnsafeScalars { p in
          signal.withUnsafeScalars { g in
            forEachLine(output.shape) { start, stride, count in
              var mean = 0.0
              for i in 0..<count { mean += Double(p[start + i * stride]) * Double(g[start + i * stride]) }
              for i in 0..<count {
                let j = start + i * stride
                result[j] = Float(Double(p[j]) * (Double(g[j]) - mean))
              }
            }
          }
        }
      }
    ]
  }

  /// Whether the kernel computes it: many rows, as of attention.
  ///
  /// One row, the probabilities of classes, is computed in double precision.
  private func isVectorized(_ batch: Shape) -> Bool {
    axis == -1 && batch.rank > 2 && batch.sample.count > batch[batch.rank - 1]
  }

  private func forEachLine(_ shape: Shape, _ body: (_ start: Int, _ stride: Int, _ count: Int) -> Void) {
    let count = shape[shape.rank + axis]
    let stride = shape.dimensions[(shape.rank + axis + 1)...].reduce(1, *)
    let outer = shape.count / max(count * stride, 1)
    for o in 0..<outer { for inner in 0..<stride { body(o * count * stride + inner, stride, count) } }
  }
}
