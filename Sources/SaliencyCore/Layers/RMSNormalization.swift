/// Root-mean-square normalisation over the last axis: x / sqrt(mean(x^2) + epsilon) * scale, in double precision.
///
/// B. Zhang, R. Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019, arXiv:1910.07467.
public struct RMSNormalization: ParametricLayer {
  /// The factor of each channel.
  public let scale: Tensor
  /// What is added to the variance, or mean square, before the root.
  public let epsilon: Float

  /// A normalisation by the root mean square.
  public init(scale: Tensor, epsilon: Float = 1e-6) {
    precondition(scale.shape.rank == 1, "one factor for each channel")
    self.scale = scale
    self.epsilon = epsilon
  }

  public var parameters: [Parameter] { [Parameter("scale", scale)] }

  public func replacingParameters(_ values: [Tensor]) -> RMSNormalization {
    RMSNormalization(scale: values[0], epsilon: epsilon)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.dimensions.last == scale.count else {
      throw .rejected(inputs, wanted: "\(scale.count) in the last axis, as its scale has")
    }
    return shape
  }

  /// 1 / sqrt(mean(x^2) + epsilon) of the row that starts at `start`.
  private func inverse(_ x: UnsafeBufferPointer<Float>, _ start: Int) -> Double {
    let squares = x[start..<start + scale.count].reduce(0.0) { $0 + Double($1) * Double($1) }
    return 1 / (squares / Double(scale.count) + Double(epsilon)).squareRoot()
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let (input, width) = (inputs[0], scale.count)
    return Tensor(shape: input.shape) { result in
      input.withUnsafeScalars { x in
        for start in stride(from: 0, to: x.count, by: max(width, 1)) {
          let inverse = inverse(x, start)
          for i in 0..<width { result[start + i] = Float(Double(x[start + i]) * inverse * Double(scale[i])) }
        }
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let (input, width) = (step.inputs[0], scale.count)
    return [
      Tensor(shape: input.shape) { result in
        input.withUnsafeScalars { x in
          signal.withUnsafeScalars { g in
            for start in stride(from: 0, to: x.count, by: max(width, 1)) {
              let inverse = inverse(x, start)
              let products = (0..<width).reduce(0.0) {
                $0 + Double(g[start + $1]) * Double(scale[$1]) * Double(x[start + $1]) * inverse
              }
              for i in 0..<width {
                let normal = Double(x[start + i]) * inverse
                result[start + i] = Float(
                  inverse * (Double(g[start + i]) * Double(scale[i]) - normal * products / Double(width)))
              }
            }
          }
        }
      }
    ]
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let width = scale.count
    var totals = [Double](repeating: 0, count: width)
    step.inputs[0].withUnsafeScalars { x in
      signal.withUnsafeScalars { g in
        for start in stride(from: 0, to: x.count, by: max(width, 1)) {
          let inverse = inverse(x, start)
          for i in 0..<width { totals[i] += Double(g[start + i]) * Double(x[start + i]) * inverse }
        }
      }
    }
    return [Tensor(shape: scale.shape, scalars: totals.map(Float.init))]
  }
}
