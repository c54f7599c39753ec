internal import Configuration
public import SaliencyCore

/// LayerCAM: each element of the maps weighted by the positive part of its own gradient.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k relu(g_k) · A_k), element by element; fit for early layers too.
///
/// P.-T. Jiang et al., "LayerCAM", IEEE TIP 2021, doi:10.1109/TIP.2021.3089943.
///
/// - Complexity: one backward pass down to the layer.
public struct LayerCAM: ClassActivationMethod {
  public static let descriptor = MethodDescriptor(
    "layer-cam", title: "LayerCAM", family: .classActivation,
    paper: "Jiang 2021, doi:10.1109/TIP.2021.3089943",
    needs: "a spatial layer", reduction: .sum)

  public init() {}

  public func weights(activations: Tensor, gradients: Tensor) -> Tensor { gradients.positivePart }
}
