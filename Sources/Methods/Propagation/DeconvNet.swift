internal import Configuration
public import SaliencyCore

/// The deconvolutional network: positive signals pass back through every ReLU, whether it fired or not.
///
/// Attribution `[N, H, W, C]`: the gradient, with every ReLU read backwards as R_in = R_out · 1[R_out > 0].
///
/// M. D. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, arXiv:1311.2901; as a
/// rule for the backward pass in Springenberg 2015, arXiv:1412.6806.
///
/// - Complexity: one backward pass.
public struct DeconvNet: RuleBasedMethod {
  public static let descriptor = MethodDescriptor(
    "deconvnet", title: "DeconvNet", family: .rule, paper: "Zeiler 2014, arXiv:1311.2901", needs: "a ReLU")

  public init() {}

  public func rules(for model: Model) -> RuleMap {
    RuleMap { Apply(RectifierRule.deconvolution, to: ReLU.self).required() }
  }

  public func validate(for model: Model) throws { try Self.requireReLU(in: model) }
}
