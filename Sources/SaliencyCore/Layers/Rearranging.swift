/// Dropout and its kin, and everything else that leaves its input alone at inference.
public struct Identity: IdentityLayer {
  public init() {}
}

/// All elements of a sample in one axis, in row-major order (height, width, channel).
public struct Flatten: Layer {
  public var isAffine: Bool { true }

  public init() {}

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { [try inputs.only().count] }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    return input.reshaped(to: [input.batchSize, input.shape.sample.count])
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [signal.reshaped(to: step.inputShapes[0])]
  }
}

/// The elements of a sample, in the same order, under another shape; one dimension may be -1 (whatever is left).
public struct Reshape: Layer {
  public var isAffine: Bool { true }

  /// The shape of a sample of the output.
  public let target: [Int]

  public init(_ target: [Int]) { self.target = target }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let count = try inputs.only().count
    let known = target.filter { $0 != -1 }.reduce(1, *)
    let free = target.count { $0 == -1 }
    guard free <= 1, target.allSatisfy({ $0 >= -1 }), known > 0,
      free == 1 ? count % known == 0 : count == known
    else { throw .rejected(inputs, wanted: "as many elements as the shape \(target) takes") }
    return Shape(target.map { $0 == -1 ? count / known : $0 })
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    let known = target.filter { $0 != -1 }.reduce(1, *)
    let shape = Shape(target.map { $0 == -1 ? input.shape.sample.count / known : $0 })
    return input.reshaped(to: shape.batched(input.batchSize))
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [signal.reshaped(to: step.inputShapes[0])]
  }
}

/// A border of zeros around a map.
public struct ZeroPadding2D: Layer {
  public var isAffine: Bool { true }

  /// How many rows and columns of zeros are added on each side.
  public let top, bottom, left, right: Int

  /// A layer that adds rows and columns of zeros on each side.
  public init(top: Int, bottom: Int, left: Int, right: Int) {
    precondition(min(top, bottom, left, right) >= 0, "a border has no negative width")
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let map = try inputs.onlyMap()
    return [map.height + top + bottom, map.width + left + right, map.channels]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    let (height, width, channels) = (input.shape[1], input.shape[2], input.shape[3])
    let wide = (width + left + right) * channels
    let image = (height + top + bottom) * wide
    return Tensor(shape: [input.batchSize, height + top + bottom, width + left + right, channels]) { result in
      guard let start = result.baseAddress else { return }
      for n in 0..<input.batchSize {
        let first = start + n * image
        first.update(repeating: 0, count: top * wide)
        (first + (top + height) * wide).update(repeating: 0, count: bottom * wide)
        for y in top..<(top + height) {
          (first + y * wide).update(repeating: 0, count: left * channels)
          (first + (y + 1) * wide - right * channels).update(repeating: 0, count: right * channels)
        }
        Kernels.copyRows(
          height, width: width * channels, from: input.start.map { $0 + n * height * width * channels },
          pitch: width * channels, to: first + top * wide + left * channels, pitch: wide)
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputShapes[0]
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let wide = (width + left + right) * channels
    let image = (height + top + bottom) * wide
    return [
      Tensor(shape: shape) { result in
        for n in 0..<shape[0] {
          Kernels.copyRows(
            height, width: width * channels,
            from: signal.start.map { $0 + n * image + top * wide + left * channels }, pitch: wide,
            to: result.baseAddress.map { $0 + n * height * width * channels }, pitch: width * channels)
        }
      }
    ]
  }
}
