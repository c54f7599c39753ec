/// How a tensor is repeated to a larger shape, as NumPy repeats axes of size one, and a signal of that shape summed back.
///
/// The batch axis is first in both shapes; axes that the source lacks come after it.
struct Broadcast {
  let source: Shape
  let target: Shape
  /// For each axis of the target, the step in the source; 0 if the axis is repeated.
  private let steps: [Int]

  init(_ source: Shape, to target: Shape) {
    self.source = source
    self.target = target
    let missing = target.rank - source.rank
    steps = (0..<target.rank).map { axis in
      let own = axis == 0 ? 0 : axis - missing
      guard own >= 0, axis == 0 || own > 0, source[own] > 1 else { return 0 }
      return source.dimensions[(own + 1)...].reduce(1, *)
    }
  }

  /// The tensor, repeated to the target's shape.
  func spread(_ tensor: Tensor) -> Tensor {
    if source == target { return tensor }
    return Tensor(shape: target) { result in
      tensor.withUnsafeScalars { a in forEach { result[$0] = a[$1] } }
    }
  }

  /// The signal, summed over the repeated axes in row-major order.
  func gather(_ signal: Tensor) -> Tensor {
    if source == target { return signal }
    var result = Tensor(repeating: 0, shape: source)
    result.withUnsafeMutableScalars { sum in
      signal.withUnsafeScalars { g in forEach { sum[$1] += g[$0] } }
    }
    return result
  }

  /// Calls `body` for each element of the target, in row-major order, with its index and that in the source.
  @inline(__always)
  func forEach(_ body: (_ target: Int, _ source: Int) -> Void) {
    guard let width = target.dimensions.last, let step = steps.last, target.count > 0 else { return }
    var position = [Int](repeating: 0, count: target.rank)
    var start = 0
    for row in stride(from: 0, to: target.count, by: width) {
      for i in 0..<width { body(row + i, start + i * step) }
      var axis = target.rank - 2
      while axis >= 0 {
        position[axis] += 1
        start += steps[axis]
        if position[axis] < target[axis] { break }
        start -= steps[axis] * position[axis]
        position[axis] = 0
        axis -= 1
      }
    }
  }
}
