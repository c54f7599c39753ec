/// A map resampled along its height and width by given weights: every way of resizing that is linear.
public struct Resample: Layer {
  public var isAffine: Bool { true }

  /// Which positions along one axis, and with which weights, make each position of the output.
  public struct Axis: Sendable, Hashable {
    /// The size of the input.
    public let inputCount: Int
    /// For each position of the output, positions of the input and their weights.
    public let terms: [[Term]]

    /// A position of the input and its weight.
    public struct Term: Sendable, Hashable {
      /// The position.
      public let position: Int
      /// The weight.
      public let weight: Float

      public init(_ position: Int, _ weight: Float) {
        self.position = position
        self.weight = weight
      }
    }

    /// The resampling of an axis of `inputCount` positions.
    public init(inputCount: Int, terms: [[Term]]) {
      precondition(
        terms.allSatisfy { $0.allSatisfy { (0..<inputCount).contains($0.position) } },
        "positions of the input")
      self.inputCount = inputCount
      self.terms = terms
    }

    /// A tensor seen as `[outer, inputCount, inner]`.
    fileprivate func applied(to tensor: Tensor, outer: Int, inner: Int) -> Tensor {
      var result = Tensor(repeating: 0, shape: [outer, terms.count, inner])
      result.withUnsafeMutableScalars { target in
        tensor.withUnsafeScalars { source in
          forEach(outer: outer, inner: inner) { output, input, weight in
            for i in 0..<inner { target[output + i] += weight * source[input + i] }
          }
        }
      }
      return result
    }

    /// The transpose, of a tensor seen as `[outer, terms, inner]`.
    fileprivate func transposed(of tensor: Tensor, outer: Int, inner: Int) -> Tensor {
      var result = Tensor(repeating: 0, shape: [outer, inputCount, inner])
      result.withUnsafeMutableScalars { target in
        tensor.withUnsafeScalars { source in
          forEach(outer: outer, inner: inner) { output, input, weight in
            for i in 0..<inner { target[input + i] += weight * source[output + i] }
          }
        }
      }
      return result
    }

    private func forEach(
      outer: Int, inner: Int, _ body: (_ output: Int, _ input: Int, _ weight: Float) -> Void
    ) {
      for block in 0..<outer {
        for (position, terms) in terms.enumerated() {
          for term in terms {
            body(
              (block * self.terms.count + position) * inner, (block * inputCount + term.position) * inner,
              term.weight)
          }
        }
      }
    }
  }

  /// The resampling of the height.
  public let rows: Axis
  /// The resampling of the width.
  public let columns: Axis

  /// A layer that resamples the height by `rows` and the width by `columns`.
  public init(rows: Axis, columns: Axis) {
    self.rows = rows
    self.columns = columns
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let map = try inputs.onlyMap()
    guard map.height == rows.inputCount, map.width == columns.inputCount else {
      throw .rejected(inputs, wanted: "\(rows.inputCount) rows and \(columns.inputCount) columns")
    }
    return [rows.terms.count, columns.terms.count, map.channels]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let shape = inputs[0].shape
    let low = rows.applied(to: inputs[0], outer: shape[0], inner: shape[2] * shape[3])
    let full = columns.applied(to: low, outer: shape[0] * rows.terms.count, inner: shape[3])
    return full.reshaped(to: [shape[0], rows.terms.count, columns.terms.count, shape[3]])
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputShapes[0]
    let low = columns.transposed(of: signal, outer: shape[0] * rows.terms.count, inner: shape[3])
    return [rows.transposed(of: low, outer: shape[0], inner: shape[2] * shape[3]).reshaped(to: shape)]
  }
}
