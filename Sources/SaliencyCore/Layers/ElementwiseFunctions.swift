import Foundation

/// Functions of one number that are no activation functions: what networks are made of when a layer is exported piece by piece.
public enum ElementwiseFunction: String, ElementwiseLayer, CaseIterable {
  /// The error function.
  case erf = "Erf"
  /// The square root; its derivative at 0 is infinite.
  case squareRoot = "Sqrt"
  /// 1 / x.
  case reciprocal = "Reciprocal"
  /// The absolute value; its derivative at 0 is 0.
  case magnitude = "Abs"
  /// The natural logarithm.
  case logarithm = "Log"
  /// The sine.
  case sine = "Sin"
  /// The cosine.
  case cosine = "Cos"
  /// The arctangent.
  case arctangent = "Atan"

  public var kind: String { rawValue }

  public func value(_ x: Float) -> Float {
    switch self {
    case .erf: Float(Foundation.erf(Double(x)))
    case .squareRoot: x.squareRoot()
    case .reciprocal: 1 / x
    case .magnitude: abs(x)
    case .logarithm: Float(log(Double(x)))
    case .sine: Float(sin(Double(x)))
    case .cosine: Float(cos(Double(x)))
    case .arctangent: Float(atan(Double(x)))
    }
  }

  public func derivative(_ x: Float) -> Float {
    switch self {
    case .erf: Float(2 / Double.pi.squareRoot() * exp(-Double(x) * Double(x)))
    case .squareRoot: 0.5 / x.squareRoot()
    case .reciprocal: -1 / (x * x)
    case .magnitude: x > 0 ? 1 : x < 0 ? -1 : 0
    case .logarithm: 1 / x
    case .sine: Float(cos(Double(x)))
    case .cosine: Float(-sin(Double(x)))
    case .arctangent: Float(1 / (1 + Double(x) * Double(x)))
    }
  }
}

/// x to a constant power.
public struct Power: ElementwiseLayer {
  /// The exponent.
  public let exponent: Float

  public init(_ exponent: Float) { self.exponent = exponent }

  public func value(_ x: Float) -> Float {
    switch exponent {
    case 2: x * x
    case 0.5: x.squareRoot()
    default: Float(pow(Double(x), Double(exponent)))
    }
  }

  public func derivative(_ x: Float) -> Float {
    exponent == 2 ? 2 * x : Float(Double(exponent) * pow(Double(x), Double(exponent) - 1))
  }
}

/// The input, but at least `low` and at most `high`.
///
/// At exactly a bound the gradient is 1, as of `torch.clamp`; `ReLU` with a maximum is the rectifier that is 0 there.
public struct Clip: ElementwiseLayer {
  /// The least output; nil for none.
  public let low: Float?
  /// The largest output; nil for none.
  public let high: Float?

  /// A layer with a lower and an upper bound.
  public init(low: Float? = nil, high: Float? = nil) {
    self.low = low
    self.high = high
  }

  public func value(_ x: Float) -> Float {
    let raised = low.map { x < $0 ? $0 : x } ?? x
    return high.map { raised > $0 ? $0 : raised } ?? raised
  }

  public func derivative(_ x: Float) -> Float {
    x < low ?? -.infinity || x > high ?? .infinity ? 0 : 1
  }
}
