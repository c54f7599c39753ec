internal import Configuration
public import SaliencyCore

/// Eigen-Grad-CAM: the first principal component of the maps of a layer times their gradients.
///
/// Attribution `[N, h, w, 1]`: relu((g · A) v), v the first right singular vector of the hw x K matrix g · A; the sign is that with which it agrees with the
/// sum of g · A. With `centred` the mean of each column is subtracted first.
///
/// pytorch-grad-cam (J. Gildenblat), after M. B. Muhammad, M. Yeasin, "Eigen-CAM", arXiv:2008.00299.
///
/// Known deviations elsewhere: pytorch-grad-cam centres, and leaves the sign to chance.
///
/// - Complexity: one backward pass down to the layer; an eigenproblem of min(hw, K) rows.
public struct EigenGradCAM: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "eigen-grad-cam", title: "Eigen-Grad-CAM", family: .classActivation,
    paper: "Muhammad 2020, arXiv:2008.00299", needs: "a spatial layer", reduction: .sum)

  /// Whether each column's mean is subtracted first.
  public var centred = false

  public init() {}

  /// EigenGrad-CAM, with or without the mean of each map subtracted.
  public init(centred: Bool) { self.centred = centred }

  public func reach(in model: Model) -> Reach { .layer }

  public func validate(for model: Model) throws {
    guard model.defaultLayer != nil else {
      throw MethodError.noLayer(method: Self.descriptor.title, model: model.name)
    }
  }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let (activations, gradients) = try request.layerGradient(for: Self.descriptor.title)
    let products = activations * gradients
    return Attribution(
      Tensor(
        concatenating: try (0..<products.batchSize).map { n in
          try PrincipalComponent.projection(of: products.sample(n), isCentred: centred).positivePart
        }))
  }
}
