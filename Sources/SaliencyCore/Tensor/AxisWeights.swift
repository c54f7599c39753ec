internal import Support

/// Resampling along one axis: which input pixels, and with which weights, make each output pixel.
///
/// Output `i` is the sum of `weights[k] * input[first[i] + k - offsets[i]]` for `k` in
/// `offsets[i]..<offsets[i + 1]`.
struct AxisWeights {
  let inputCount: Int
  private(set) var first: [Int] = []
  private(set) var offsets: [Int] = [0]
  private(set) var weights: [Float] = []

  var outputCount: Int { first.count }

  init(_ interpolation: Interpolation, from inputCount: Int, to outputCount: Int) {
    self.inputCount = inputCount
    switch interpolation {
    case .nearest: fillNearest(outputCount)
    case .bilinear: fillLinear(outputCount)
    case .antialiased: fillTriangle(outputCount)
    }
  }

  /// Weights that are given for each output position.
  init(
    from inputCount: Int, to outputCount: Int,
    _ weights: (_ i: Int, _ from: Int, _ to: Int) -> (first: Int, weights: [Float])
  ) {
    self.inputCount = inputCount
    for i in 0..<outputCount {
      let span = weights(i, inputCount, outputCount)
      append(first: span.first, span.weights)
    }
  }

  private mutating func append(first start: Int, _ span: [Float]) {
    first.append(start)
    weights += span
    offsets.append(weights.count)
  }

  private mutating func fillNearest(_ count: Int) {
    let scale = Float(inputCount) / Float(count)
    for i in 0..<count { append(first: min(Int((Float(i) + 0.5) * scale), inputCount - 1), [1]) }
  }

  private mutating func fillLinear(_ count: Int) {
    let scale = Float(inputCount) / Float(count)
    for i in 0..<count {
      let position = (Float(i) + 0.5) * scale - 0.5
      let below = position.rounded(.down)
      let lower = max(Int(below), 0)
      let upper = min(Int(position.rounded(.up)), inputCount - 1)
      let fraction = position - below
      append(first: lower, lower < upper ? [1 - fraction, fraction] : [1])
    }
  }

  private mutating func fillTriangle(_ count: Int) {
    // The order of these divisions is TensorFlow's (scale_and_translate_op.cc).
    let step = 1 / (Float(count) / Float(inputCount))
    let radius = max(step, 1)
    let inverseRadius = 1 / radius
    for i in 0..<count {
      let center = (Float(i) + 0.5) * step
      let start = max(Int((center - radius - 0.5).rounded(.up)), 0)
      let end = min(Int((center + radius - 0.5).rounded(.down)), inputCount - 1)
      let span = (start...max(start, end)).map { source in
        max(0, 1 - abs((Float(source) + 0.5 - center) * inverseRadius))
      }
      let total = span.reduce(0, +)
      append(first: start, span.map { $0 * (1 / total) })
    }
  }

  /// Resamples a tensor seen as `[outer, inputCount, inner]`.
  func applied(to tensor: Tensor, outer: Int, inner: Int) -> Tensor {
    if inputCount == outputCount { return tensor }
    return Tensor(shape: [outer, outputCount, inner]) { result in
      tensor.withUnsafeScalars { source in
        for block in 0..<outer {
          for i in 0..<outputCount {
            let target = UnsafeMutableBufferPointer(rebasing: result[row(block, i, outputCount, inner)])
            fill(target, from: source, at: (block * inputCount + first[i]) * inner, output: i)
          }
        }
      }
    }
  }

  /// Multiplies a tensor seen as `[outer, outputCount, inner]` by the transpose.
  func transposed(of tensor: Tensor, outer: Int, inner: Int) -> Tensor {
    if inputCount == outputCount { return tensor }
    return Tensor(shape: [outer, inputCount, inner]) { result in
      result.initialize(repeating: 0)
      tensor.withUnsafeScalars { source in
        for block in 0..<outer {
          for i in 0..<outputCount {
            let from = (block * outputCount + i) * inner
            for k in offsets[i]..<offsets[i + 1] {
              let into = (block * inputCount + first[i] + k - offsets[i]) * inner
              let weight = weights[k]
              for j in 0..<inner { result[into + j] += weight * source[from + j] }
            }
          }
        }
      }
    }
  }

  private func row(_ block: Int, _ index: Int, _ count: Int, _ inner: Int) -> Range<Int> {
    let start = (block * count + index) * inner
    return start..<(start + inner)
  }

  /// Writes one output position: `inner` values each mixed from the span that starts at `start`.
  private func fill(
    _ target: UnsafeMutableBufferPointer<Float>, from source: UnsafeBufferPointer<Float>, at start: Int,
    output i: Int
  ) {
    let inner = target.count
    let span = offsets[i]..<offsets[i + 1]
    switch span.count {
    case 1:
      for j in 0..<inner { target[j] = source[start + j] }
    case 2:
      // In this form a constant stays exactly that constant.
      let weight = weights[span.lowerBound + 1]
      for j in 0..<inner {
        let low = source[start + j]
        target[j] = low + (source[start + inner + j] - low) * weight
      }
    default:
      target.update(repeating: 0)
      for k in span {
        let weight = weights[k]
        let offset = start + (k - span.lowerBound) * inner
        for j in 0..<inner { target[j] += weight * source[offset + j] }
      }
    }
  }
}
