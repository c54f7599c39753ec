/// Some positions along one axis, in a given order: slices, splits, shifts.
public struct Gather: Layer {
  public var isAffine: Bool { true }

  /// The axis of the sample, counted from the end: -1 is the channels.
  public let axis: Int
  /// The positions of the output, by their index in the input.
  public let indices: [Int]

  /// A layer that takes these positions along an axis, counted from the end.
  public init(axis: Int, indices: [Int]) {
    precondition(axis < 0, "the axis is counted from the end, -1 the last, not \(axis)")
    precondition(!indices.isEmpty && indices.allSatisfy { $0 >= 0 }, "positions \(indices.prefix(4))")
    self.axis = axis
    self.indices = indices
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.rank >= -axis else { throw .rejected(inputs, wanted: "at least \(-axis) axes") }
    var result = shape.dimensions
    guard let last = indices.max(), last < result[shape.rank + axis] else {
      throw .rejected(inputs, wanted: "at least \((indices.max() ?? 0) + 1) positions along axis \(axis)")
    }
    result[shape.rank + axis] = indices.count
    return Shape(result)
  }

  /// Runs of consecutive positions: where they begin in the output and in the input, and how long they are.
  private var runs: [(output: Int, input: Int, count: Int)] {
    var runs: [(output: Int, input: Int, count: Int)] = []
    for (position, index) in indices.enumerated() {
      if let last = runs.last, last.input + last.count == index {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((position, index, 1))
      }
    }
    return runs
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    let (outer, size, inner) = parts(of: input.shape)
    var shape = input.shape.dimensions
    shape[shape.count + axis] = indices.count
    return Tensor(shape: Shape(shape)) { result in
      for run in runs {
        Kernels.copyRows(
          outer, width: run.count * inner, from: input.start.map { $0 + run.input * inner },
          pitch: size * inner, to: result.baseAddress.map { $0 + run.output * inner },
          pitch: indices.count * inner)
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputShapes[0]
    let (outer, size, inner) = parts(of: shape)
    var result = Tensor(repeating: 0, shape: shape)
    result.withUnsafeMutableScalars { target in
      signal.withUnsafeScalars { g in
        for block in 0..<outer {
          for run in runs {
            let (to, from) = (
              (block * size + run.input) * inner, (block * indices.count + run.output) * inner
            )
            for i in 0..<(run.count * inner) { target[to + i] += g[from + i] }
          }
        }
      }
    }
    return [result]
  }

  private func parts(of shape: Shape) -> (outer: Int, size: Int, inner: Int) {
    let along = shape.rank + axis
    let sizes = shape.dimensions
    return (sizes[..<along].reduce(1, *), sizes[along], sizes[(along + 1)...].reduce(1, *))
  }
}

/// The input between constants along one axis: the class token of a transformer, a border of a value.
public struct ConcatenateConstant: ParametricLayer {
  public var isAffine: Bool { true }

  /// The axis of the sample, counted from the end.
  public let axis: Int
  /// What comes before the input, with the axes of a sample; nil for nothing.
  public let before: Tensor?
  /// What comes after the input, with the axes of a sample; nil for nothing.
  public let after: Tensor?
  /// Whether the constants are parameters of the model.
  public let isLearned: Bool

  /// A layer that puts constants before and after its input along an axis, counted from the end.
  public init(axis: Int, before: Tensor? = nil, after: Tensor? = nil, isLearned: Bool = true) {
    precondition(axis < 0, "the axis is counted from the end, -1 the last, not \(axis)")
    self.axis = axis
    self.before = before
    self.after = after
    self.isLearned = isLearned
  }

  public var parameters: [Parameter] {
    guard isLearned else { return [] }
    return [before.map { Parameter("before", $0) }, after.map { Parameter("after", $0) }].compactMap(\.self)
  }

  public func replacingParameters(_ values: [Tensor]) -> ConcatenateConstant {
    guard isLearned else { return self }
    var rest = values[...]
    let before = self.before == nil ? nil : rest.popFirst()
    let after = self.after == nil ? nil : rest.popFirst()
    return ConcatenateConstant(axis: axis, before: before, after: after)
  }

  private var concatenation: Concatenate { Concatenate(axis: axis) }

  /// Constants and input in order.
  private func parts<Part>(_ input: Part, _ constant: (Tensor) -> Part) -> [Part] {
    [before.map(constant), input, after.map(constant)].compactMap(\.self)
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    do { return try concatenation.outputShape(for: parts(shape, \.shape)) } catch {
      throw .rejected(inputs, wanted: "axes as its constants have them, but for axis \(axis)")
    }
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    return concatenation(
      parts(input) { $0.reshaped(to: $0.shape.batched(1)).repeated(input.batchSize) })
  }

  private func signals(_ signal: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputShapes[0]
    let along = signal.shape.rank + axis
    let sizes = parts(shape[along]) { $0.shape[along - 1] }
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return Gather(axis: axis, indices: Array(start..<(start + size)))([signal])
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [signals(signal, at: step)[before == nil ? 0 : 1]]
  }

  public func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    guard isLearned else { return [] }
    var parts = signals(signal, at: step)
    parts.remove(at: before == nil ? 0 : 1)
    return parts.map { part in
      let sample = part.shape.sample
      var sums = [Double](repeating: 0, count: sample.count)
      part.withUnsafeScalars { g in for i in 0..<g.count { sums[i % sample.count] += Double(g[i]) } }
      return Tensor(shape: sample, scalars: sums.map(Float.init))
    }
  }
}
