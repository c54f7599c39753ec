/// Each sample's values over its last axes divided by their Euclidean norm: x / sqrt(max(sum(x^2), 1e-12)).
///
/// Sums are in double precision. Where the norm is below 1e-6 the division is by that constant, as in Keras, and the gradient
/// is that of a division by a constant.
public struct UnitNormalization: Layer {
  /// How many of the last axes are normalised together.
  public let axes: Int

  private static let smallestSquare = 1e-12

  /// A normalisation over the last axes.
  public init(axes: Int = 1) {
    precondition(axes > 0, "at least one axis is normalised")
    self.axes = axes
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.rank >= axes else { throw .rejected(inputs, wanted: "at least \(axes) axes") }
    return shape
  }

  private func width(_ shape: Shape) -> Int { max(shape.dimensions.suffix(axes).reduce(1, *), 1) }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    let width = width(input.shape)
    return Tensor(shape: input.shape) { result in
      input.withUnsafeScalars { x in
        for start in stride(from: 0, to: x.count, by: width) {
          let squares = x[start..<start + width].reduce(0.0) { $0 + Double($1) * Double($1) }
          // In this order NaN stays NaN.
          let inverse = 1 / max(Self.smallestSquare, squares).squareRoot()
          for i in start..<start + width { result[i] = Float(Double(x[i]) * inverse) }
        }
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    let width = width(input.shape)
    return [
      Tensor(shape: input.shape) { result in
        input.withUnsafeScalars { x in
          signal.withUnsafeScalars { g in
            for start in stride(from: 0, to: x.count, by: width) {
              let row = start..<start + width
              let squares = x[row].reduce(0.0) { $0 + Double($1) * Double($1) }
              let inverse = 1 / max(Self.smallestSquare, squares).squareRoot()
              let product = row.reduce(0.0) { $0 + Double(g[$1]) * Double(x[$1]) * inverse }
              let along = squares < Self.smallestSquare ? 0 : product
              for i in row { result[i] = Float(inverse * (Double(g[i]) - Double(x[i]) * inverse * along)) }
            }
          }
        }
      }
    ]
  }
}
