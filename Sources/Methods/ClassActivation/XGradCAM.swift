internal import Configuration
public import SaliencyCore

/// XGrad-CAM: Grad-CAM with weights that satisfy the axioms of sensitivity and conservation.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k w_k A_k), w_k = sum_ij g_k,ij A_k,ij / (sum_ij A_k,ij + 1e-7).
///
/// R. Fu et al., "Axiom-based Grad-CAM", BMVC 2020, arXiv:2008.02312.
///
/// - Complexity: one backward pass down to the layer.
public struct XGradCAM: ClassActivationMethod {
  public static let descriptor = MethodDescriptor(
    "xgrad-cam", title: "XGrad-CAM", family: .classActivation, paper: "Fu 2020, arXiv:2008.02312",
    needs: "a spatial layer", reduction: .sum)

  public init() {}

  public func weights(activations: Tensor, gradients: Tensor) -> Tensor {
    (gradients * activations).sumOverSpace() / (activations.sumOverSpace() + 1e-7)
  }
}
