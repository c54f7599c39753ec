internal import Configuration
public import SaliencyCore

/// Guided backpropagation: only positive signals pass back through a unit that fired.
///
/// Attribution `[N, H, W, C]`: the gradient, with every ReLU read backwards as R_in = R_out · 1[x > 0] · 1[R_out > 0],
/// whether it is a layer, is fused to one, caps at 6, or sits inside a nested model. Other activations keep
/// their gradient; a model without any ReLU is refused, for there the result would be the plain gradient.
///
/// J. T. Springenberg et al., "Striving for Simplicity", ICLR Workshop 2015, arXiv:1412.6806, section 3.4.
///
/// Known deviations elsewhere: TorchRay lets x = 0 pass (`zero=pass`); tf-keras-vis misses `ReLU` layers and nested models;
/// Captum misses functional ReLUs.
///
/// - Complexity: one backward pass.
public struct GuidedBackprop: RuleBasedMethod {
  public static let descriptor = MethodDescriptor(
    "guided-backprop", title: "Guided backprop", family: .rule, paper: "Springenberg 2015, arXiv:1412.6806",
    needs: "a ReLU")

  /// What a ReLU does at exactly 0.
  public enum AtZero: String, Sendable, Codable, CaseIterable {
    /// Nothing passes, as the gradient there is 0.
    case block
    /// Positive signals pass.
    case pass
  }

  /// What a ReLU does at exactly 0.
  public var zero = AtZero.block

  public static let addedParameters: Set<String> = ["zero"]

  public init() {}

  public func rules(for model: Model) -> RuleMap {
    RuleMap {
      switch zero {
      case .block: Apply(RectifierRule.guided, to: ReLU.self).required()
      case .pass: Apply(PassingAtZero(), to: ReLU.self).required()
      }
    }
  }

  public func validate(for model: Model) throws { try Self.requireReLU(in: model) }
}

/// Positive signals pass back through a unit whose input is not negative.
private struct PassingAtZero: BackwardRule {
  func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    // Below a cap the output is the input; at a cap it is not, and nothing passes.
    [
      signal.positivePart.zip(step.inputs[0].zip(step.output) { $0 == 0 || ($0 > 0 && $0 == $1) ? 1 : 0 }) {
        $1 == 0 ? 0 : $0
      }
    ]
  }
}
