internal import Configuration
public import SaliencyCore

/// Guided Grad-CAM: guided backprop's detail where Grad-CAM sees the class.
///
/// Attribution `[N, H, W, C]`: guided backprop times Grad-CAM upsampled bilinearly (half-pixel centres, edges clamped) to
/// the input, neither of them normalised.
///
/// R. R. Selvaraju et al., "Grad-CAM", ICCV 2017, arXiv:1610.02391, section 3.2.
///
/// Known deviations elsewhere: Captum upsamples by nearest neighbour (`resize=nearest`); pytorch-grad-cam scales the upsampled map to
/// [0, 1] (`normalise=min-max`).
///
/// - Complexity: two backward passes, one of them down to the layer only.
public struct GuidedGradCAM: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "guided-grad-cam", title: "Guided Grad-CAM", family: .combined, paper: "Selvaraju 2017, arXiv:1610.02391",
    needs: "a ReLU and a spatial layer")

  /// How Grad-CAM is upsampled.
  public var resize = MapResize.bilinear
  /// How the upsampled Grad-CAM is scaled.
  public var normalise = MapNormalisation.unchanged

  public static let addedParameters: Set<String> = ["resize", "normalise"]

  public init() {}

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let detail = try GuidedBackprop().attribution(for: request)
    let region = try GradCAM().attribution(for: request)
    let shape = request.model.inputShape
    let convention = MapConvention(reduction: .sum, resize: resize, normalise: normalise)
    let maps = (0..<request.inputs.batchSize).flatMap { n in
      convention.map(of: region, sample: n, by: GradCAM(), height: shape[0], width: shape[1]).values
    }
    let upsampled = Tensor(shape: [request.inputs.batchSize, shape[0], shape[1], 1], scalars: maps)
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
