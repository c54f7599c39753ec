/// Several inputs combined element by element, axes of size one repeated as NumPy repeats them.
public struct Merge: Layer {
  /// How the inputs are combined, by the names of Keras' layers.
  public enum Operation: String, Sendable, CaseIterable {
    /// The sum.
    case add = "Add"
    /// The first input minus the second.
    case subtract = "Subtract"
    /// The product.
    case multiply = "Multiply"
    /// The mean.
    case average = "Average"
    /// The largest.
    case maximum = "Maximum"
    /// The smallest.
    case minimum = "Minimum"
  }

  /// How the inputs are combined.
  public let operation: Operation

  public init(_ operation: Operation) { self.operation = operation }

  public var kind: String { operation.rawValue }

  public var isAffine: Bool { operation == .add || operation == .subtract || operation == .average }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let rank = inputs.map(\.rank).max() ?? 0
    guard inputs.count >= 2, operation != .subtract || inputs.count == 2 else {
      throw .rejected(inputs, wanted: operation == .subtract ? "two inputs" : "at least two inputs")
    }
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      for shape in inputs where axis >= rank - shape.rank {
        let size = shape[axis - (rank - shape.rank)]
        guard size == result[axis] || size == 1 || result[axis] == 1 else {
          throw .rejected(inputs, wanted: "inputs of one shape (or of size one along an axis)")
        }
        result[axis] = size == 1 ? result[axis] : size
      }
    }
    return Shape(result)
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    if let (map, factors) = scaledMap(inputs.map(\.shape)) {
      return Kernels.scale(inputs[map], bySampleAndChannel: inputs[factors])
    }
    let shape = Self.union(inputs.map(\.shape))
    let wide = inputs.map { Broadcast($0.shape, to: shape).spread($0) }
    let merged = wide.dropFirst().reduce(wide[0], merge)
    return operation == .average ? merged * (1 / Float(inputs.count)) : merged
  }

  /// Which input is a map and which one holds a factor for each of its channels, as where a network weighs its
  /// channels ("squeeze and excitation"); nil for any other product.
  private func scaledMap(_ shapes: [Shape]) -> (map: Int, factors: Int)? {
    guard operation == .multiply, shapes.count == 2, shapes.allSatisfy({ $0.rank == 4 }) else { return nil }
    for (map, factors) in [(0, 1), (1, 0)] {
      let (wide, narrow) = (shapes[map], shapes[factors])
      if narrow[1] * narrow[2] == 1, narrow[3] == wide[3], wide[1] * wide[2] > 1 { return (map, factors) }
    }
    return nil
  }

  private func merge(_ a: Tensor, _ b: Tensor) -> Tensor {
    switch operation {
    case .add, .average: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .maximum: a.zip(b) { max($0, $1) }
    case .minimum: a.zip(b) { min($0, $1) }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    // The inputs themselves only where they matter: a sum's may not have been stored.
    let shapes = step.inputShapes
    if let (map, factors) = scaledMap(shapes) {
      let inputs = step.inputs
      var parts = [signal, signal]
      parts[map] = Kernels.scale(signal, bySampleAndChannel: inputs[factors])
      parts[factors] = Kernels.sumOfProducts(signal, inputs[map], shape: inputs[factors].shape)
      return parts
    }
    let broadcasts = shapes.map { Broadcast($0, to: signal.shape) }
    switch operation {
    case .add: return broadcasts.map { $0.gather(signal) }
    case .average: return broadcasts.map { $0.gather(signal * (1 / Float(shapes.count))) }
    case .subtract: return [broadcasts[0].gather(signal), broadcasts[1].gather(-signal)]
    case .multiply:
      let wide = zip(broadcasts, step.inputs).map { $0.spread($1) }
      return wide.indices.map { i in
        let others = wide.indices.filter { $0 != i }.reduce(signal) { $0 * wide[$1] }
        return broadcasts[i].gather(others)
      }
    case .maximum, .minimum:
      let wide = zip(broadcasts, step.inputs).map { $0.spread($1) }
      return zip(broadcasts, shares(signal, wide, output: step.output)).map { $0.gather($1) }
    }
  }

  /// Of equal extremes the first takes the gradient.
  private func shares(_ signal: Tensor, _ inputs: [Tensor], output: Tensor) -> [Tensor] {
    var rest = signal
    return inputs.map { input in
      let hit = input.zip(output) { $0 == $1 ? 1 : 0 }
      defer { rest = rest.zip(hit) { $1 == 0 ? $0 : 0 } }
      return rest * hit
    }
  }

  private static func union(_ shapes: [Shape]) -> Shape {
    let rank = shapes.map(\.rank).max() ?? 0
    return Shape(
      (0..<rank).map { axis in
        shapes.map { axis == 0 ? $0[0] : axis >= rank - ($0.rank - 1) ? $0[axis - rank + $0.rank] : 1 }.max()
          ?? 1
      })
  }
}

/// Several inputs side by side along one axis.
public struct Concatenate: Layer {
  public var isAffine: Bool { true }

  /// The axis of the sample, counted from the end: -1 is the channels.
  public let axis: Int

  /// A concatenation along an axis, counted from the end.
  public init(axis: Int = -1) {
    precondition(axis < 0, "the axis is counted from the end, -1 the last, not \(axis)")
    self.axis = axis
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    guard let first = inputs.first, first.rank >= -axis else {
      throw .rejected(inputs, wanted: "inputs with at least \(-axis) axes")
    }
    let along = first.rank + axis
    var result = first.dimensions
    for shape in inputs.dropFirst() {
      guard shape.rank == first.rank, (0..<first.rank).allSatisfy({ $0 == along || shape[$0] == first[$0] })
      else { throw .rejected(inputs, wanted: "inputs that differ only along axis \(axis)") }
      result[along] += shape[along]
    }
    return Shape(result)
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let along = inputs[0].shape.rank + axis
    var dimensions = inputs[0].shape.dimensions
    dimensions[along] = inputs.reduce(0) { $0 + $1.shape[along] }
    let widths = inputs.map { $0.shape.dimensions[along...].reduce(1, *) }
    let outer = dimensions[..<along].reduce(1, *)
    let total = widths.reduce(0, +)
    return Tensor(shape: Shape(dimensions)) { result in
      var start = 0
      for (input, width) in zip(inputs, widths) {
        Kernels.copyRows(
          outer, width: width, from: input.start, pitch: width, to: result.baseAddress.map { $0 + start },
          pitch: total)
        start += width
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let shapes = step.inputShapes
    let along = signal.shape.rank + axis
    let outer = signal.shape.dimensions[..<along].reduce(1, *)
    let total = signal.shape.dimensions[along...].reduce(1, *)
    var start = 0
    return shapes.map { shape in
      let width = shape.dimensions[along...].reduce(1, *)
      defer { start += width }
      return Tensor(shape: shape) { result in
        Kernels.copyRows(
          outer, width: width, from: signal.start.map { $0 + start }, pitch: total, to: result.baseAddress,
          pitch: width)
      }
    }
  }
}
