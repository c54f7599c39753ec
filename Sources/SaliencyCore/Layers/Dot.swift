/// The product of two inputs, summed over one axis of each: out[i, j] = sum_k x[i, k] y[j, k].
///
/// Output: the remaining axes of the first input, then those of the second; of two vectors, shape `[N, 1]`.
public struct Dot: Layer {
  /// The axes of the samples that are summed over, counted from the end: -1 is the last.
  public let first, second: Int

  public init(_ first: Int = -1, _ second: Int = -1) {
    precondition(first < 0 && second < 0, "axes are counted from the end, -1 the last")
    self.first = first
    self.second = second
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    guard inputs.count == 2, inputs[0].rank >= -first, inputs[1].rank >= -second,
      inputs[0][inputs[0].rank + first] == inputs[1][inputs[1].rank + second]
    else {
      throw .rejected(
        inputs, wanted: "two inputs with as many elements along axis \(first) as along axis \(second)")
    }
    let rest = Self.rest(inputs[0], first) + Self.rest(inputs[1], second)
    return Shape(rest.isEmpty ? [1] : rest)
  }

  private static func rest(_ shape: Shape, _ axis: Int) -> [Int] {
    var sizes = shape.dimensions
    sizes.remove(at: sizes.count + axis)
    return sizes
  }

  /// Where the rows of a sample start, and the step from one element of a row to the next.
  private static func rows(_ shape: Shape, _ axis: Int) -> (starts: [Int], step: Int) {
    let along = shape.rank + axis
    let step = shape.dimensions[(along + 1)...].reduce(1, *)
    let outer = shape.dimensions[..<along].reduce(1, *)
    return ((0..<outer).flatMap { o in (0..<step).map { o * step * shape[along] + $0 } }, step)
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let shape = (try? outputShape(for: inputs.map(\.shape.sample))) ?? []
    return Tensor(shape: shape.batched(inputs[0].batchSize)) { result in
      inputs[0].withUnsafeScalars { x in
        inputs[1].withUnsafeScalars { y in
          forEachProduct(inputs[0].shape, inputs[1].shape) { output, a, b, steps in
            result[output] = Float(
              (0..<steps.count).reduce(0.0) { $0 + Double(x[a + $1 * steps.x]) * Double(y[b + $1 * steps.y]) }
            )
          }
        }
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let inputs = step.inputs
    var gradients = inputs.map { [Double](repeating: 0, count: $0.count) }
    inputs[0].withUnsafeScalars { x in
      inputs[1].withUnsafeScalars { y in
        signal.withUnsafeScalars { g in
          forEachProduct(inputs[0].shape, inputs[1].shape) { output, a, b, steps in
            for k in 0..<steps.count {
              gradients[0][a + k * steps.x] += Double(g[output]) * Double(y[b + k * steps.y])
              gradients[1][b + k * steps.y] += Double(g[output]) * Double(x[a + k * steps.x])
            }
          }
        }
      }
    }
    return zip(inputs, gradients).map { Tensor(shape: $0.shape, scalars: $1.map(Float.init)) }
  }

  private func forEachProduct(
    _ x: Shape, _ y: Shape,
    _ body: (_ output: Int, _ a: Int, _ b: Int, _ steps: (count: Int, x: Int, y: Int)) -> Void
  ) {
    let (left, right) = (Self.rows(x.sample, first), Self.rows(y.sample, second))
    let steps = (count: x[x.rank + first], x: left.step, y: right.step)
    var output = 0
    for n in 0..<x[0] {
      for a in left.starts {
        for b in right.starts {
          body(output, n * x.sample.count + a, n * y.sample.count + b, steps)
          output += 1
        }
      }
    }
  }
}
