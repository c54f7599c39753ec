internal import Configuration
public import SaliencyCore

/// The gradient of the score with respect to the pixels: where a small change would change the score most.
///
/// Attribution `[N, H, W, C]`: dS_c / dx. Its map is the maximum over the channels of the absolute value.
///
/// K. Simonyan, A. Vedaldi, A. Zisserman, "Deep Inside Convolutional Networks", ICLR Workshop 2014,
/// arXiv:1312.6034, section 3.
///
/// - Complexity: one backward pass.
public struct Gradient: RuleBasedMethod {
  public static let descriptor = MethodDescriptor(
    "gradient", title: "Gradient", family: .gradient, paper: "Simonyan 2014, arXiv:1312.6034")

  public init() {}

  public func rules(for model: Model) -> RuleMap { .gradient }
}
