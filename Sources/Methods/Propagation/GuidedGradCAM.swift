internal import Configuration
public import SaliencyCore

/// Guided Grad-CAM: guided backprop's detail where Grad-CAM sees the class.
///
/// Attribution `[N, H, W, C]`: guided backprop times Grad-CAM upsampled bilinearly (half-pixel centres, edges clamped) to
/// the input, neither of them normalised.
///
/// R. R. Selvaraju et al., "Grad-CAM", ICCV 2017, arXiv:1610.02391, section 3.2.
///
/// Known deviations elsewhere: Captum upsamples by nearest neighbour; pytorch-grad-cam scales the map to [0, 1] first.
///
/// - Complexity: two backward passes, one of them down to the layer only.
public struct GuidedGradCAM: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "guided-grad-cam", title: "Guided Grad-CAM", family: .combined, paper: "Selvaraju 2017, arXiv:1610.02391",
    needs: "a ReLU and a spatial layer")

  public init() {}

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let detail = try GuidedBackprop().attribution(for: request)
    let region = try GradCAM().attribution(for: request).values
    let shape = request.model.inputShape
    let upsampled = Resize.bilinear(region, to: (shape[0], shape[1]))
    return detail.with(values: detail.values.multiplied(broadcasting: upsampled))
  }

  public var expectedPasses: Passes { Passes(backward: 2) }

  public func reach(in model: Model) -> Reach {
    max(GuidedBackprop().reach(in: model), GradCAM().reach(in: model))
  }

  public func validate(for model: Model) throws {
    try GuidedBackprop().validate(for: model)
    try GradCAM().validate(for: model)
  }
}
