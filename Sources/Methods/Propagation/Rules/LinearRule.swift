public import SaliencyCore

/// A rule of layer-wise relevance propagation (LRP) for dense layers and convolutions.
///
/// Every such rule is a sum of terms: the layer with other weights w' applied to another input x',
///
///     z = layer(x'; w')      s = R / (z + epsilon sign(z))      R_in = x' · pullback(s)
public protocol LinearRule: BackwardRule {
  /// The relevance of the layer's input, given that of its output.
  ///
  /// - Parameter layer: The layer of `step`.
  func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor
}

extension LinearRule {
  /// - Throws: `PropagationError.notLinear` for any other layer.
  public func propagate(_ signal: Tensor, through step: Step) throws -> [Tensor] {
    guard let layer = step.layer as? any LinearLayer else {
      throw PropagationError.notLinear(layer: step.name, kind: step.layer.kind, rule: "\(Self.self)")
    }
    return [relevance(signal, of: layer, at: step)]
  }
}

/// A propagation rule cannot be applied.
public enum PropagationError: Error, Equatable, CustomStringConvertible {
  /// A rule for dense layers and convolutions was chosen for another layer.
  case notLinear(layer: String, kind: String, rule: String)

  public var description: String {
    switch self {
    case .notLinear(let layer, let kind, let rule):
      "layer \"\(layer)\", rule \(rule): found \(kind), expected a dense layer or a convolution"
    }
  }
}

/// A linear layer with other weights, applied to another input: one term of a propagation rule.
struct LinearTerm {
  let input: Tensor
  /// The bias, as it was changed.
  let bias: Tensor?
  private let step: Step

  /// - Parameter bias: What becomes of the bias; nil to leave it out.
  init(
    _ layer: any LinearLayer, input: Tensor, kernel: (Float) -> Float = { $0 },
    bias: ((Float) -> Float)? = nil
  ) {
    self.input = input
    let changed = layer.replacing(
      kernel: layer.kernel.map(kernel), bias: bias.flatMap { bias in layer.bias.map { $0.map(bias) } })
    self.bias = changed.bias
    step = Step(applying: changed, to: [input])
  }

  /// z = layer(x'; w').
  var output: Tensor { step.output }

  /// The gradient of the term with respect to its input, for a share at its output.
  func gradient(_ share: Tensor) -> Tensor { step.pullback(share)[0] }

  /// x' · pullback(share).
  func relevance(_ share: Tensor) -> Tensor { input.weighted(by: gradient(share)) }
}

/// The contributions x_i w_ij of one sign.
///
/// The positive ones are x⁺ w⁺ + x⁻ w⁻, with the positive part of the bias; the negative ones are x⁺ w⁻ + x⁻ w⁺, with
/// its negative part. The half of x⁻ is left out if no element of the batch is negative, as behind a ReLU.
struct SignedTerms {
  private let terms: [LinearTerm]

  /// The positive contributions, or the negative ones.
  ///
  /// - Parameter change: The weight for a weight and its part of the wanted sign; by default the part alone.
  init(
    _ sign: FloatingPointSign, of layer: any LinearLayer, input: Tensor, usesBias: Bool,
    change: @escaping (_ weight: Float, _ part: Float) -> Float = { $1 }
  ) {
    func positive(_ w: Float) -> Float { change(w, max(w, 0)) }
    func negative(_ w: Float) -> Float { change(w, min(w, 0)) }
    let (same, opposite) = sign == .plus ? (positive, negative) : (negative, positive)
    var terms = [
      LinearTerm(layer, input: input.positivePart, kernel: same, bias: usesBias ? same : nil)
    ]
    if input.hasNegative {
      terms.append(LinearTerm(layer, input: input.negativePart, kernel: opposite))
    }
    self.terms = terms
  }

  /// The bias, as it was changed.
  var bias: Tensor? { terms[0].bias }

  /// The sum of the terms' outputs.
  var output: Tensor { terms.dropFirst().reduce(terms[0].output) { $0 + $1.output } }

  /// The relevance of the input: R / (z + epsilon sign(z)) passed back by all terms, and what the bias took if it is distributed.
  func relevance(
    _ relevance: Tensor, of layer: any LinearLayer, at step: Step, stabilizer: Float, bias: BiasShare
  ) -> Tensor {
    let z = output
    let share = relevance.divided(by: z, stabilizer: stabilizer)
    let found = terms.dropFirst().reduce(terms[0].relevance(share)) { $0 + $1.relevance(share) }
    if bias != .distribute { return found }
    let absorbed = AbsorbedRelevance(share: share, z: z, bias: self.bias, stabilizer: stabilizer)
    return found + absorbed.distributed(to: layer, at: step)
  }
}

/// Relevance that a bias and a stabiliser took of units with values z.
struct AbsorbedRelevance {
  let share, z: Tensor
  let bias: Tensor?
  let stabilizer: Float

  /// In equal parts to the inputs that each unit reads.
  func distributed(to layer: any LinearLayer, at step: Step) -> Tensor {
    let bias = bias?.scalars ?? [0]
    let absorbed = Tensor(shape: z.shape) { result in
      for i in 0..<result.count {
        result[i] = share[i] * (bias[i % bias.count] + (z[i] < 0 ? -stabilizer : stabilizer))
      }
    }
    return FlatRule(stabilizer: .leastNormalMagnitude).relevance(absorbed, of: layer, at: step)
  }
}

extension Tensor {
  /// self / (z + epsilon sign(z)), the sign of 0 being +.
  func divided(by z: Tensor, stabilizer: Float) -> Tensor {
    zip(z) { $0 / ($1 + ($1 < 0 ? -stabilizer : stabilizer)) }
  }

  /// self · other; never -0, so that leaving out a term that is 0 changes no bit.
  func weighted(by other: Tensor) -> Tensor { zip(other) { $0 * $1 + 0 } }

  /// Whether an element is below 0.
  var hasNegative: Bool { withUnsafeScalars { a in a.contains { $0 < 0 } } }

  /// Whether every element is 0.
  var isZero: Bool { withUnsafeScalars { a in a.allSatisfy { $0 == 0 } } }
}
