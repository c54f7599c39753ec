internal import Configuration
internal import Foundation
public import SaliencyCore

/// Beta-smoothing: the gradient with every ReLU's kink rounded off.
///
/// Attribution `[N, H, W, C]`: the gradient, with the derivative of a ReLU taken as that of a softplus, sigmoid(beta
/// (x - threshold)), less sigmoid(beta (x - maximum)) for a ReLU with a maximum. The forward pass stays as it is.
///
/// A.-K. Dombrowski et al., "Explanations can be manipulated and geometry is to blame", NeurIPS 2019,
/// arXiv:1906.07983, section 5; beta as zennit has it.
///
/// Known deviations elsewhere: zennit changes `ReLU` modules alone, not ReLU6.
///
/// - Complexity: one backward pass.
public struct BetaSmooth: RuleBasedMethod {
  public static let descriptor = MethodDescriptor(
    "beta-smooth", title: "Beta-smoothing", family: .rule, paper: "Dombrowski 2019, arXiv:1906.07983",
    needs: "a ReLU")

  /// How sharp the rounded kink is.
  public var beta: Float = 10

  public init() {}

  public func validate() throws { try Self.require("beta", beta, above: 0) }

  public func rules(for model: Model) -> RuleMap {
    RuleMap { Apply(SoftplusRule(beta: beta), to: ReLU.self).required() }
  }

  public func reach(in model: Model) -> Reach { .everything }

  public func validate(for model: Model) throws { try Self.requireReLU(in: model) }
}

/// The derivative of a softplus in place of a ReLU's.
private struct SoftplusRule: BackwardRule {
  let beta: Float

  func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    guard let relu = step.layer as? ReLU else { return step.pullback(signal) }
    return [signal.zip(step.inputs[0]) { $0 * slope($1, of: relu) }]
  }

  private func slope(_ x: Float, of relu: ReLU) -> Float {
    let rise = sigmoid(x - relu.threshold)
    return relu.maximum.map { rise - sigmoid(x - $0) } ?? rise
  }

  private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-beta * x)) }
}
