/// The axes of a sample in another order: axis `i` of the output is axis `order[i]` of the input.
public struct Permute: Layer {
  public var isAffine: Bool { true }

  /// Axes of the sample, counted from 0 (Keras' `dims` counts from 1).
  public let order: [Int]

  public init(_ order: [Int]) {
    precondition(order.sorted() == Array(order.indices), "\(order) is no order of axes")
    self.order = order
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.rank == order.count else { throw .rejected(inputs, wanted: "\(order.count) axes") }
    return Shape(order.map { shape[$0] })
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    Self.transpose(inputs[0], order: [0] + order.map { $0 + 1 })
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    var inverse = [Int](repeating: 0, count: order.count + 1)
    for (position, axis) in order.enumerated() { inverse[axis + 1] = position + 1 }
    return [Self.transpose(signal, order: inverse)]
  }

  /// The axes of a whole tensor, batch included, in another order.
  public static func transpose(_ tensor: Tensor, order: [Int]) -> Tensor {
    precondition(order.sorted() == Array(0..<tensor.shape.rank), "\(order) is no order of \(tensor.shape)")
    let shape = Shape(order.map { tensor.shape[$0] })
    let source = tensor.shape.dimensions
    var (sizes, steps): ([Int], [Int]) = ([], [])
    for axis in order where source[axis] != 1 {
      let step = source[(axis + 1)...].reduce(1, *)
      // Axes that stay neighbours are moved as one.
      if let last = steps.last, last == step * source[axis] {
        sizes[sizes.count - 1] *= source[axis]
        steps[steps.count - 1] = step
      } else {
        sizes.append(source[axis])
        steps.append(step)
      }
    }
    guard !sizes.isEmpty, shape.count > 0 else { return tensor.reshaped(to: shape) }
    return Tensor(shape: shape) { Kernels.permute(tensor, sizes: sizes, steps: steps, into: $0) }
  }
}
