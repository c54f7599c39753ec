public import SaliencyCore

/// Holds a layer's pullback against central differences of its forward pass.
///
/// With a random signal `c` and a random direction `d` of +1 and -1, the slope of `<c, layer(x + t d)>` at t = 0 must be
/// `<pullback(c), d>`. The slope is measured at steps h and 2h and extrapolated (error of order h^4), the inner
/// products are summed in double precision; the forward pass is the layer's own, in 32 bits. So the layer has to
/// be smooth, or the point at least 2h away from its kinks (`Points`).
public struct GradientCheck: Sendable {
  /// The step h; 2h is the farthest that any element moves.
  public var step: Float = 0.0625
  /// How many directions are tried.
  public var directions = 3
  public var seed: UInt64 = 1

  /// The farthest that any element is moved from its point.
  public var reach: Float { 2 * step }

  /// What float32 leaves of a correct layer stays below this in every case of the suite, by a factor of three or more.
  public static let tolerance = 1e-4

  public init(seed: UInt64 = 1) { self.seed = seed }

  /// For each input, the largest |slope - <pullback(c), d>| relative to the norm of the pullback.
  ///
  /// The expected size of `<p, d>` for a random direction is the norm of `p`, so 0.1 means "wrong by a tenth".
  public func inputErrors(of layer: some Layer, at inputs: [Tensor]) -> [Double] {
    let step = Step(applying: layer, to: inputs)
    let signal = normal(step.output.shape, 0)
    let pulled = layer.pullback(signal, at: step)
    precondition(pulled.count == inputs.count, "\(pulled.count) parts for \(inputs.count) inputs")
    return inputs.indices.map { i in
      largestError(of: pulled[i], at: inputs[i], path: UInt64(i)) { moved in
        var all = inputs
        all[i] = moved
        return layer(all).dot(signal)
      }
    }
  }

  /// The same for each parameter, by name.
  public func parameterErrors(
    of layer: some ParametricLayer, at inputs: [Tensor]
  ) -> [(name: String, error: Double)] {
    let step = Step(applying: layer, to: inputs)
    let signal = normal(step.output.shape, 0)
    let pulled = layer.parameterPullback(signal, at: step)
    let parameters = layer.parameters
    precondition(pulled.count == parameters.count, "\(pulled.count) parts for \(parameters.count) parameters")
    return parameters.indices.map { i in
      let error = largestError(of: pulled[i], at: parameters[i].value, path: 100 + UInt64(i)) { moved in
        var all = parameters.map(\.value)
        all[i] = moved
        return layer.replacingParameters(all)(inputs).dot(signal)
      }
      return (parameters[i].name, error)
    }
  }

  private func largestError(
    of gradient: Tensor, at point: Tensor, path: UInt64, value: (Tensor) -> Double
  ) -> Double {
    guard gradient.shape == point.shape, gradient.isFinite else { return .infinity }
    let scale = max(gradient.norm, 1e-6)
    return (0..<directions).map { i in
      let direction = signs(point.shape, 1 + path * 1000 + UInt64(i))
      func slope(_ h: Float) -> Double {
        (value(point + direction * h) - value(point + direction * -h)) / (2 * Double(h))
      }
      let measured = (4 * slope(step) - slope(2 * step)) / 3
      return abs(measured - gradient.dot(direction)) / scale
    }.max() ?? .infinity
  }

  private func normal(_ shape: Shape, _ path: UInt64) -> Tensor {
    CounterRandom(seed: seed, path: path).normal(shape: shape)
  }

  private func signs(_ shape: Shape, _ path: UInt64) -> Tensor {
    CounterRandom(seed: seed, path: path).uniform(-1..<1, shape: shape).map { $0 < 0 ? -1 : 1 }
  }
}

/// Inputs at which to check a layer.
public enum Points: Sendable {
  /// Standard normal: for smooth layers.
  case anywhere
  /// Standard normal (times three), no element nearer than a margin to any of these values.
  case awayFrom([Float])
  /// All elements, of all inputs together, at least a margin apart: for maxima.
  case apart
  /// Uniform between a half and two and a half: for parameters that must be positive.
  case positive
  /// Uniform between five and seven: for functions that are steep near 0.
  case large

  /// Inputs of the given shapes whose kinks are out of reach of a gradient check.
  public func inputs(of shapes: [Shape], seed: UInt64 = 7, margin: Float = 0.25) -> [Tensor] {
    switch self {
    case .anywhere: return draw(shapes, seed) { $0.normal(shape: $1) }
    case .positive: return draw(shapes, seed) { $0.uniform(0.5..<2.5, shape: $1) }
    case .large: return draw(shapes, seed) { $0.uniform(5..<7, shape: $1) }
    case .awayFrom(let kinks):
      return draw(shapes, seed) { random, shape in
        (random.normal(shape: shape) * 3).map { Self.pushed($0, from: kinks, margin: margin) }
      }
    case .apart:
      let total = shapes.reduce(0) { $0 + $1.count }
      let order = CounterRandom(seed: seed, path: 1).permutation(of: total)
      var start = 0
      return shapes.map { shape in
        defer { start += shape.count }
        return Tensor(
          shape: shape,
          scalars: order[start..<(start + shape.count)].map { Float(2 * $0 - total) * margin })
      }
    }
  }

  private func draw(_ shapes: [Shape], _ seed: UInt64, _ make: (CounterRandom, Shape) -> Tensor) -> [Tensor] {
    shapes.enumerated().map { make(CounterRandom(seed: seed, path: UInt64($0.offset)), $0.element) }
  }

  private static func pushed(_ x: Float, from kinks: [Float], margin: Float) -> Float {
    for kink in kinks where abs(x - kink) < margin { return kink + (x < kink ? -margin : margin) }
    return x
  }
}
