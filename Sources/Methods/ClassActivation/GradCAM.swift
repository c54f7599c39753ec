internal import Configuration
public import SaliencyCore

/// Grad-CAM: the maps of a layer, each weighted by the mean of the score's gradient over it.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k a_k A_k) with a_k = mean_ij dS_c / dA_k,ij; upsampled only when it becomes a map.
/// With `counterfactual` the gradients change sign, which shows the regions that speak against the class.
///
/// R. R. Selvaraju et al., "Grad-CAM", ICCV 2017, arXiv:1610.02391, sections 3 and 3.3.
///
/// Known deviations elsewhere: Captum applies no ReLU by default (`relu=false`); tf-explain's default keeps only gradients that are
/// positive where the map is, which is not Grad-CAM, and applies no ReLU (`gate=true, relu=false`); the authors' Lua code sums
/// instead of averaging, which only scales the map (`pooling=sum`).
///
/// - Complexity: one backward pass down to the layer.
public struct GradCAM: ClassActivationMethod {
  public static let descriptor = MethodDescriptor(
    "grad-cam", title: "Grad-CAM", family: .classActivation, paper: "Selvaraju 2017, arXiv:1610.02391",
    needs: "a spatial layer", reduction: .sum)

  /// Whether to show what speaks against the class instead.
  public var counterfactual = false
  /// Whether negative values of the map become 0.
  public var relu = true
  /// How the gradients of a map become its weight.
  public var pooling = Pooling.mean
  /// Whether gradients count only where they and the map are positive.
  public var gate = false

  /// How the gradients of a map become its weight.
  public enum Pooling: String, Sendable, Codable, CaseIterable {
    /// Their mean.
    case mean
    /// Their sum.
    case sum
  }

  public static let addedParameters: Set<String> = ["relu", "pooling", "gate"]

  public init() {}

  /// Grad-CAM for or against the class.
  public init(counterfactual: Bool) { self.counterfactual = counterfactual }

  public func weights(activations: Tensor, gradients: Tensor) -> Tensor {
    let signed = counterfactual ? -gradients : gradients
    let counted = gate ? signed.zip(activations) { $0 > 0 && $1 > 0 ? $0 : 0 } : signed
    return pooling == .mean ? counted.meanOverSpace() : counted.sumOverSpace()
  }
}
