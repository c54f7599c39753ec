internal import Configuration
public import SaliencyCore

/// The magnitude of the input: what any method that multiplies by the input shows without looking at the model.
///
/// Attribution `[N, H, W, 1]`: sum_c |x_c| of the preprocessed image.
public struct InputMagnitude: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "input-magnitude", title: "Input magnitude", family: .control, paper: "", reduction: .sum)

  public init() {}

  public var expectedPasses: Passes { Passes() }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    Attribution(request.inputs.magnitude.sumOverChannels())
  }
}
