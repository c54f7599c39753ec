internal import Configuration
public import SaliencyCore

/// Element-wise Grad-CAM: the positive part of each element of the maps times its gradient.
///
/// Attribution `[N, h, w, 1]`: sum_k relu(g_k · A_k).
///
/// GradCAMElementWise of pytorch-grad-cam (J. Gildenblat); HiResCAM (arXiv:2011.08891) takes the ReLU of the sum instead.
///
/// - Complexity: one backward pass down to the layer.
public struct ElementwiseGradCAM: ClassActivationMethod {
  public static let descriptor = MethodDescriptor(
    "grad-cam-elementwise", title: "Element-wise Grad-CAM", family: .classActivation,
    paper: "pytorch-grad-cam; Draelos 2020, arXiv:2011.08891", needs: "a spatial layer", reduction: .sum)

  public init() {}

  public func weights(activations: Tensor, gradients: Tensor) -> Tensor {
    gradients.zip(activations) { $0 * $1 > 0 ? $0 : 0 }
  }
}
