/// Some channels (elements of the last axis) in a given order: reversed for RGB to BGR.
public struct SelectChannels: Layer {
  public var isAffine: Bool { true }

  /// The channels of the output, by their index in the input.
  public let indices: [Int]

  public init(_ indices: [Int]) {
    precondition(!indices.isEmpty && indices.allSatisfy { $0 >= 0 }, "channels \(indices)")
    self.indices = indices
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard let channels = shape.dimensions.last, indices.allSatisfy({ $0 < channels }) else {
      throw .rejected(inputs, wanted: "at least \((indices.max() ?? 0) + 1) channels")
    }
    return Shape(shape.dimensions.dropLast() + [indices.count])
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    let channels = input.channels
    return Tensor(shape: Shape(input.shape.dimensions.dropLast() + [indices.count])) { result in
      input.withUnsafeScalars { a in
        for row in 0..<(a.count / max(channels, 1)) {
          for (to, from) in indices.enumerated() {
            result[row * indices.count + to] = a[row * channels + from]
          }
        }
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputShapes[0]
    let channels = shape.dimensions.last ?? 1
    var result = Tensor(repeating: 0, shape: shape)
    result.withUnsafeMutableScalars { target in
      signal.withUnsafeScalars { g in
        for row in 0..<(target.count / max(channels, 1)) {
          for (from, to) in indices.enumerated() {
            target[row * channels + to] += g[row * indices.count + from]
          }
        }
      }
    }
    return [result]
  }
}
