internal import Configuration
public import SaliencyCore

/// The gradient times the input: a first-order guess at what each pixel contributes.
///
/// Attribution `[N, H, W, C]`: x · dS_c / dx, in the preprocessed space (where a black pixel need not be 0). Its map is the
/// sum over the channels.
///
/// A. Shrikumar et al., "Not Just a Black Box", 2016, arXiv:1605.01713.
///
/// - Complexity: one backward pass.
public struct GradientTimesInput: GradientMethod {
  public static let descriptor = MethodDescriptor(
    "gradient-x-input", title: "Gradient x input", family: .gradient,
    paper: "Shrikumar 2016, arXiv:1605.01713",
    reduction: .sum, isSigned: true)

  public init() {}

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    Attribution(try request.inputGradient().0 * request.inputs)
  }
}
