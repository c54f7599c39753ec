internal import Configuration
public import SaliencyCore

/// HiResCAM: each element of the maps weighted by its own gradient.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k g_k · A_k), element by element, without averaging.
///
/// R. L. Draelos, L. Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations", 2020, arXiv:2011.08891.
///
/// Known deviations: the paper leaves the ReLU to the display; here, as in pytorch-grad-cam, it is part of the map unless
/// `relu=false`.
///
/// - Complexity: one backward pass down to the layer.
public struct HiResCAM: ClassActivationMethod {
  public static let descriptor = MethodDescriptor(
    "hires-cam", title: "HiResCAM", family: .classActivation, paper: "Draelos 2020, arXiv:2011.08891",
    needs: "a spatial layer", reduction: .sum)

  /// Whether negative values of the map become 0.
  public var relu = true

  public static let addedParameters: Set<String> = ["relu"]

  public init() {}

  public func weights(activations: Tensor, gradients: Tensor) -> Tensor { gradients }
}
