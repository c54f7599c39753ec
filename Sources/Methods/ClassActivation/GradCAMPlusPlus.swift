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
/// Known deviations elsewhere (`form`): xplique takes means instead of sums; torch-cam's division is lost, so that its weights are
/// sum g² relu(g); tf-keras-vis divides each map's alpha by its sum; pytorch-grad-cam adds 1e-6 to the denominator (`epsilon`).
///
/// - Complexity: one backward pass down to the layer.
public struct GradCAMPlusPlus: ClassActivationMethod {
  public static let descriptor = MethodDescriptor(
    "grad-cam++", title: "Grad-CAM++", family: .classActivation, paper: "Chattopadhay 2018, arXiv:1710.11063",
    needs: "a spatial layer", reduction: .sum)

  /// How alpha is computed.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// As in the paper.
    case paper
    /// The mean of A and the mean over space in place of the sums: xplique.
    case means
    /// alpha = g²: torch-cam, whose division is lost.
    case undivided
    /// Each map's alpha divided by its sum: tf-keras-vis.
    case normalised
  }

  /// How alpha is computed.
  public var form = Form.paper
  /// Added to the denominator.
  public var epsilon: Float = 0

  public static let addedParameters: Set<String> = ["form", "epsilon"]

  public init() {}

  public func validate() throws { try Self.require("epsilon", epsilon, in: 0...1) }

  public func weights(activations: Tensor, gradients: Tensor) -> Tensor {
    switch form {
    case .paper: return (alpha(gradients, activations.sumOverSpace()) * gradients.positivePart).sumOverSpace()
    case .means:
      return (alpha(gradients, activations.meanOverSpace()) * gradients.positivePart).meanOverSpace()
    case .undivided: return (gradients * gradients * gradients.positivePart).sumOverSpace()
    case .normalised:
      // alpha is taken as 0 where the gradient is.
      let alpha = alpha(gradients, activations.sumOverSpace()).zip(gradients) { $1 == 0 ? 0 : $0 }
      let total = alpha.sumOverSpace().map { $0 == 0 ? 1 : 1 / $0 }
      return (alpha * gradients.positivePart).multiplied(broadcasting: total).sumOverSpace()
    }
  }

  private func alpha(_ gradients: Tensor, _ sum: Tensor) -> Tensor {
    // alpha = 1 / (2 + g sum A), with g² cancelled: the powers of a small gradient are lost in float32.
    let denominator = gradients.multiplied(broadcasting: sum) + 2
    if epsilon == 0 { return gradients.zip(denominator) { $1 == 0 ? $0 * $0 : 1 / $1 } }
    return gradients.zip(denominator) { $0 == 0 ? 0 : 1 / ($1 + epsilon / ($0 * $0)) }
  }
}
