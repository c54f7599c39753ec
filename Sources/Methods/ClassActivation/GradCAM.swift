internal import Configuration
public import SaliencyCore

/// Grad-CAM: the maps of a layer, each weighted by the mean of the score's gradient over it.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k a_k A_k) with a_k = mean_ij dS_c / dA_k,ij; upsampled only when it becomes a map.
/// With `counterfactual` the gradients change sign, which shows the regions that speak against the class.
///
/// R. R. Selvaraju et al., "Grad-CAM", ICCV 2017, arXiv:1610.02391, sections 3 and 3.3.
///
/// Known deviations elsewhere: Captum applies no ReLU by default; tf-explain's default masks the gradients and is not
/// Grad-CAM; the authors' Lua code sums instead of averaging, which only scales the map.
///
/// - Complexity: one backward pass down to the layer.
public struct GradCAM: ClassActivationMethod {
  public static let descriptor = MethodDescriptor(
    "grad-cam", title: "Grad-CAM", family: .classActivation, paper: "Selvaraju 2017, arXiv:1610.02391",
    needs: "a spatial layer", reduction: .sum)

  /// Whether to show what speaks against the class instead.
  public var counterfactual = false

  public init() {}

  /// Grad-CAM for or against the class.
  public init(counterfactual: Bool) { self.counterfactual = counterfactual }

  public func weights(activations: Tensor, gradients: Tensor) -> Tensor {
    counterfactual ? -gradients.meanOverSpace() : gradients.meanOverSpace()
  }
}
