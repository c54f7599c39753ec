import Foundation

/// A layer that applies one function to every element by itself.
public protocol ElementwiseLayer: Layer {
  /// The function.
  func value(_ x: Float) -> Float
  /// Its derivative.
  func derivative(_ x: Float) -> Float
}

extension ElementwiseLayer {
  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { try inputs.only() }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor { inputs[0].map(value) }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [signal.zip(step.inputs[0]) { $0 * derivative($1) }]
  }
}

/// The rectifier, with Keras' options: 0 below the threshold (or a slope), the input above, at most `maximum`.
///
/// At exactly the threshold the gradient is 0. At exactly the maximum it is 0 as well (ReLU6 at 6) unless `passesMaximum`.
public struct ReLU: ElementwiseLayer {
  /// The largest output; nil for no limit.
  public let maximum: Float?
  /// The input above which the layer is the identity.
  public let threshold: Float
  /// Whether the gradient at exactly the maximum is 1, as where Keras clips: for each `max_value` but 6 without a threshold.
  ///
  /// The output does not tell such a unit from one above the maximum, so the gradient reads the layer's input.
  public let passesMaximum: Bool

  /// A ReLU with Keras' options.
  public init(maximum: Float? = nil, threshold: Float = 0, passesMaximum: Bool = false) {
    self.maximum = maximum
    self.threshold = threshold
    self.passesMaximum = passesMaximum
  }

  /// Whether the output shows where the gradient is 0.
  var isReadFromOutput: Bool { threshold == 0 && !(passesMaximum && maximum != nil) }

  public func value(_ x: Float) -> Float { x > threshold ? min(x, maximum ?? x) : (x.isNaN ? x : 0) }
  public func derivative(_ x: Float) -> Float {
    x > threshold && isBelow(x, maximum, orAt: passesMaximum) ? 1 : 0
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    guard threshold == 0 else { return inputs[0].map(value) }
    guard let maximum else { return Kernels.rectify(inputs[0]) }
    return Kernels.map(inputs[0], Epilogue(clamp: 0...max(maximum, 0)))
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    guard isReadFromOutput else { return [signal.zip(step.inputs[0]) { derivative($1) == 0 ? 0 : $0 }] }
    return [Kernels.gate(signal, by: step.reluMask, limit: maximum)]
  }
}

/// A rectifier that lets a fraction of negative input through, with Keras' options.
///
/// x above the threshold (at most `maximum`), slope * (x - threshold) below.
public struct LeakyReLU: ElementwiseLayer {
  /// The slope below the threshold.
  public let slope: Float
  /// The largest output; nil for no limit.
  public let maximum: Float?
  /// The input above which the layer is the identity.
  public let threshold: Float
  /// Whether the gradient at exactly the maximum is 1, as of `ReLU`.
  public let passesMaximum: Bool

  /// A leaky ReLU with Keras' options.
  public init(slope: Float = 0.3, maximum: Float? = nil, threshold: Float = 0, passesMaximum: Bool = false) {
    self.slope = slope
    self.maximum = maximum
    self.threshold = threshold
    self.passesMaximum = passesMaximum
  }

  public func value(_ x: Float) -> Float {
    x >= threshold ? min(x, maximum ?? x) : slope * (x - threshold)
  }

  public func derivative(_ x: Float) -> Float {
    if x > threshold { return isBelow(x, maximum, orAt: passesMaximum) ? 1 : 0 }
    return slope
  }
}

/// Whether a rectifier's input is below its maximum, or at it.
private func isBelow(_ x: Float, _ maximum: Float?, orAt isPassed: Bool) -> Bool {
  guard let maximum else { return true }
  return x < maximum || (isPassed && x == maximum)
}

/// The smooth and piecewise activation functions of Keras, by their Keras names.
public enum Activation: String, ElementwiseLayer, CaseIterable {
  /// Functions whose Keras name is the case's.
  case elu, selu, softplus, softsign, sigmoid, tanh, exponential, silu, mish, gelu
  /// Keras 3's hard sigmoid, relu6(x + 3) / 6.
  case hardSigmoid = "hard_sigmoid"
  /// Keras 2's hard sigmoid, clip(0.2 x + 0.5).
  case hardSigmoidKeras2 = "hard_sigmoid_keras2"
  /// x times the hard sigmoid.
  case hardSwish = "hard_silu"
  /// GELU by its approximation with tanh.
  case geluTanh = "gelu_tanh"

  public var kind: String { rawValue }

  public func value(_ x: Float) -> Float { Float(double(Double(x)).value) }
  public func derivative(_ x: Float) -> Float { Float(double(Double(x)).derivative) }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    switch self {
    case .sigmoid: Kernels.sigmoid(inputs[0])
    case .silu: Kernels.silu(inputs[0])
    case .gelu: Kernels.gelu(inputs[0])
    case .geluTanh: Kernels.geluTanh(inputs[0])
    case .hardSigmoid: Kernels.hardSigmoid(inputs[0], width: 6)
    case .hardSigmoidKeras2: Kernels.hardSigmoid(inputs[0], width: 5)
    case .hardSwish: Kernels.hardSwish(inputs[0])
    default: inputs[0].map(value)
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let input = step.inputs[0]
    return switch self {
    case .sigmoid: [Kernels.sigmoidBackward(signal, input)]
    case .silu: [Kernels.siluBackward(signal, input)]
    case .gelu: [Kernels.geluBackward(signal, input)]
    case .geluTanh: [Kernels.geluTanhBackward(signal, input)]
    case .hardSigmoid: [Kernels.hardSigmoidBackward(signal, input, width: 6)]
    case .hardSigmoidKeras2: [Kernels.hardSigmoidBackward(signal, input, width: 5)]
    case .hardSwish: [Kernels.hardSwishBackward(signal, input)]
    default: [signal.zip(input) { $0 * derivative($1) }]
    }
  }

  /// Value and derivative in double precision.
  private func double(_ x: Double) -> (value: Double, derivative: Double) {
    switch self {
    case .elu: return x > 0 ? (x, 1) : (expm1(x), exp(x))
    case .selu: return Self.scaledELU(x)
    case .softplus: return (max(x, 0) + log1p(exp(-abs(x))), Self.logistic(x))
    case .softsign: return (x / (1 + abs(x)), 1 / ((1 + abs(x)) * (1 + abs(x))))
    case .sigmoid:
      let s = Self.logistic(x)
      return (s, s * (1 - s))
    case .tanh:
      let t = Foundation.tanh(x)
      return (t, 1 - t * t)
    case .exponential: return (exp(x), exp(x))
    case .silu:
      let s = Self.logistic(x)
      return (x * s, s * (1 + x * (1 - s)))
    case .mish: return Self.mish(x)
    case .gelu:
      let phi = 0.5 * erfc(-x / 2.0.squareRoot())
      return (x * phi, phi + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot())
    case .geluTanh: return Self.geluTanh(x)
    case .hardSigmoid: return Self.ramp(x, slope: 1.0 / 6)
    case .hardSigmoidKeras2: return Self.ramp(x, slope: 0.2)
    case .hardSwish:
      let gate = Self.ramp(x, slope: 1.0 / 6)
      return (x * gate.value, gate.value + x * gate.derivative)
    }
  }

  private static func logistic(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }

  private static func ramp(_ x: Double, slope: Double) -> (value: Double, derivative: Double) {
    let y = slope * x + 0.5
    return y <= 0 ? (0, 0) : y >= 1 ? (1, 0) : (y, slope)
  }

  private static func scaledELU(_ x: Double) -> (value: Double, derivative: Double) {
    let (scale, alpha) = (1.0507009873554805, 1.6732632423543772)
    // At exactly 0 the derivative is that of the upper branch, as in TensorFlow.
    return x >= 0 ? (scale * x, scale) : (scale * alpha * expm1(x), scale * alpha * exp(x))
  }

  private static func mish(_ x: Double) -> (value: Double, derivative: Double) {
    let t = Foundation.tanh(max(x, 0) + log1p(exp(-abs(x))))
    return (x * t, t + x * (1 - t * t) * logistic(x))
  }

  private static func geluTanh(_ x: Double) -> (value: Double, derivative: Double) {
    let k = (2 / Double.pi).squareRoot()
    let t = Foundation.tanh(k * (x + 0.044715 * x * x * x))
    return (0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * k * (1 + 0.134145 * x * x))
  }
}

/// The exponential linear unit with a scale: x above 0, alpha (e^x - 1) below.
public struct ELU: ElementwiseLayer {
  /// The limit of the function at minus infinity, negated.
  public let alpha: Float

  /// An ELU of this alpha.
  public init(alpha: Float = 1) { self.alpha = alpha }

  public func value(_ x: Float) -> Float { x > 0 ? x : alpha * expm1(x) }
  public func derivative(_ x: Float) -> Float { x > 0 ? 1 : alpha * exp(x) }
}
