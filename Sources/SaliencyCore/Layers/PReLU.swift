/// A rectifier with a learned slope below zero: x above 0, alpha * x below.
///
/// alpha has the axes of a sample; axes of size one are shared. K. He et al., "Delving Deep into Rectifiers",
/// ICCV 2015, arXiv:1502.01852.
public struct PReLU: ParametricLayer {
  public let alpha: Tensor

  public init(alpha: Tensor) { self.alpha = alpha }

  public var parameters: [Parameter] { [Parameter("alpha", alpha)] }

  public func replacingParameters(_ values: [Tensor]) -> PReLU { PReLU(alpha: values[0]) }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.rank == alpha.shape.rank,
      zip(alpha.shape.dimensions, shape.dimensions).allSatisfy({ $0 == 1 || $0 == $1 })
    else { throw .rejected(inputs, wanted: "axes as its alpha has them, \(alpha.shape)") }
    return shape
  }

  /// For each element of a sample of this shape, where its slope stands in `alpha`.
  private func slopes(_ sample: Shape) -> [Int] {
    var slopes = [0]
    for axis in 0..<sample.rank {
      let step = alpha.shape[axis] == 1 ? 0 : alpha.shape.dimensions[(axis + 1)...].reduce(1, *)
      slopes = slopes.flatMap { base in (0..<sample[axis]).map { base + $0 * step } }
    }
    return slopes
  }

  /// alpha repeated to a whole batch of this shape.
  private func spread(_ shape: Shape) -> Tensor {
    let slopes = slopes(shape.sample)
    return Tensor(shape: shape) { result in
      alpha.withUnsafeScalars { a in for i in 0..<result.count { result[i] = a[slopes[i % slopes.count]] } }
    }
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    inputs[0].zip(spread(inputs[0].shape)) { $0 >= 0 ? $0 : $0 * $1 }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    let slope = input.zip(spread(input.shape)) { $0 > 0 ? 1 : $0 < 0 ? $1 : 0 }
    return [signal * slope]
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    let slopes = slopes(input.shape.sample)
    var totals = [Double](repeating: 0, count: alpha.count)
    input.withUnsafeScalars { x in
      signal.withUnsafeScalars { g in
        for i in 0..<x.count where x[i] < 0 {
          totals[slopes[i % slopes.count]] += Double(x[i]) * Double(g[i])
        }
      }
    }
    return [Tensor(shape: alpha.shape, scalars: totals.map(Float.init))]
  }
}
