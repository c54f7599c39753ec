internal import Configuration
public import SaliencyCore

/// The magnitude of the input: what any method that multiplies by the input shows without looking at the model.
///
/// Attribution `[N, H, W, C]`: |x| of the preprocessed image. Its map is the sum over the channels.
public struct InputMagnitude: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "input-magnitude", title: "Input magnitude", family: .control, paper: "", reduction: .sum)

  public init() {}

  public var expectedPasses: Passes { Passes() }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    Attribution(request.inputs.magnitude)
  }
}
