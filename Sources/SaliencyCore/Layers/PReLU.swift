/// A rectifier with a learned slope below zero: x above 0, alpha * x below.
///
/// alpha has the axes of a sample; axes of size one are shared. K. He et al., "Delving Deep into Rectifiers",
/// ICCV 2015, arXiv:1502.01852.
public struct PReLU: ParametricLayer {
  /// The slope below zero, one for each element or shared along axes of size one.
  public let alpha: Tensor

  /// A PReLU of these slopes.
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

  /// How alpha is repeated to a batch of this shape.
  private func broadcast(to shape: Shape) -> Broadcast { Broadcast(alpha.shape.batched(1), to: shape) }

  /// The slope of each element of a batch of this shape.
  private func slopes(_ shape: Shape) -> Tensor {
    broadcast(to: shape).spread(alpha.reshaped(to: alpha.shape.batched(1)))
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    inputs[0].zip(slopes(inputs[0].shape)) { $0 >= 0 ? $0 : $0 * $1 }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    let slope = input.zip(slopes(input.shape)) { $0 > 0 ? 1 : $0 < 0 ? $1 : 0 }
    return [signal * slope]
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    var totals = [Double](repeating: 0, count: alpha.count)
    input.withUnsafeScalars { x in
      signal.withUnsafeScalars { g in
        broadcast(to: input.shape).forEach { i, slope in
          if x[i] < 0 { totals[slope] += Double(x[i]) * Double(g[i]) }
        }
      }
    }
    return [Tensor(shape: alpha.shape, scalars: totals.map(Float.init))]
  }
}
