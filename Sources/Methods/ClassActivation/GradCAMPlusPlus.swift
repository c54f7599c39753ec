internal import Configuration
public import SaliencyCore

/// Grad-CAM++: maps weighted so that several instances of a class count alike.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k w_k A_k), w_k = sum_ij alpha_k,ij relu(g_k,ij),
/// alpha = g² / (2 g² + g³ sum_ab A_k,ab), the form for the score's exponential, in which the second and third derivatives
/// are powers of the first; where the denominator is 0, alpha is taken as g².
///
/// A. Chattopadhay et al., "Grad-CAM++", WACV 2018, arXiv:1710.11063, equations 10 and 19.
///
/// Known deviations elsewhere: xplique takes means instead of sums; torch-cam's division is lost.
///
/// - Complexity: one backward pass down to the layer.
public struct GradCAMPlusPlus: ClassActivationMethod {
  public static let descriptor = MethodDescriptor(
    "grad-cam++", title: "Grad-CAM++", family: .classActivation, paper: "Chattopadhay 2018, arXiv:1710.11063",
    needs: "a spatial layer", reduction: .sum)

  public init() {}

  public func weights(activations: Tensor, gradients: Tensor) -> Tensor {
    // alpha = 1 / (2 + g sum A), with g² cancelled: the powers of a small gradient are lost in float32.
    let denominator = gradients.multiplied(broadcasting: activations.sumOverSpace()) + 2
    let alpha = gradients.zip(denominator) { $1 == 0 ? $0 * $0 : 1 / $1 }
    return (alpha * gradients.positivePart).sumOverSpace()
  }
}
