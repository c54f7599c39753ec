/// Dropout and its kin, and everything else that leaves its input alone at inference.
public struct Identity: IdentityLayer {
  public init() {}
}

/// All elements of a sample in one axis, in row-major order (height, width, channel).
public struct Flatten: AffineLayer {
  public init() {}

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { [try inputs.only().count] }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    return input.reshaped(to: [input.batchSize, input.shape.sample.count])
  }

  public func pullback(_ cotangent: Tensor, at step: Step) -> [Tensor] {
    [cotangent.reshaped(to: step.inputShapes[0])]
  }
}

/// The elements of a sample, in the same order, under another shape; one dimension may be -1 (whatever is left).
public struct Reshape: AffineLayer {
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

  public func pullback(_ cotangent: Tensor, at step: Step) -> [Tensor] {
    [cotangent.reshaped(to: step.inputShapes[0])]
  }
}

/// A border of zeros around a map.
public struct ZeroPadding2D: AffineLayer {
  public let top, bottom, left, right: Int

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
    let (height, width) = (input.shape[1] + top + bottom, input.shape[2] + left + right)
    var result = Tensor(repeating: 0, shape: [input.batchSize, height, width, input.shape[3]])
    result.withUnsafeMutableScalars { target in
      forEachRow(input.shape) { inner, outer, count in
        guard let from = input.start, let to = target.baseAddress else { return }
        (to + outer).update(from: from + inner, count: count)
      }
    }
    return result
  }

  public func pullback(_ cotangent: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputShapes[0]
    return [
      Tensor(shape: shape) { result in
        cotangent.withUnsafeScalars { g in
          forEachRow(shape) { inner, outer, count in for i in 0..<count { result[inner + i] = g[outer + i] } }
        }
      }
    ]
  }

  /// Calls `body` with the offsets of each row in the small and in the padded map.
  private func forEachRow(_ shape: Shape, _ body: (_ inner: Int, _ outer: Int, _ count: Int) -> Void) {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let (outerHeight, outerWidth) = (height + top + bottom, width + left + right)
    for n in 0..<shape[0] {
      for y in 0..<height {
        body(
          (n * height + y) * width * channels,
          ((n * outerHeight + y + top) * outerWidth + left) * channels, width * channels)
      }
    }
  }
}
