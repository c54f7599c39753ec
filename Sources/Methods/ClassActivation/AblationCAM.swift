internal import Configuration
public import SaliencyCore

/// Ablation-CAM: the maps of a layer, each weighted by the share of the score that is lost without it.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k w_k A_k), w_k = (y - y_k) / y, y_k the score with map k set to 0. Only what is behind the layer is
/// computed for each map.
///
/// H. G. Ramaswamy, S. Desai, "Ablation-CAM", WACV 2020, doi:10.1109/WACV45572.2020.9093360.
///
/// Known deviations elsewhere: pytorch-grad-cam sets a map of a layer with negative values to its minimum less 10^7. For a negative score the
/// weights change sign, as in the paper.
///
/// - Complexity: K passes of the part behind the layer.
public struct AblationCAM: LayerMapMethod {
  public static let descriptor = MethodDescriptor(
    "ablation-cam", title: "Ablation-CAM", family: .classActivation,
    paper: "Ramaswamy 2020, doi:10.1109/WACV45572.2020.9093360", needs: "a spatial layer", reduction: .sum)

  public init() {}

  public var expectedPasses: Passes { Passes(forward: 512) }

  public func expectedPasses(for model: Model) -> Passes { Passes(forward: model.defaultMaps.count) }

  public func map(of maps: LayerMaps) throws -> Tensor {
    let score = maps.request.scores[maps.sample]
    let without = try maps.scores(count: maps.count) { k, copy in
      for i in stride(from: k, to: copy.count, by: maps.count) { copy[i] = 0 }
    }
    return maps.rectifiedSum(without.map { score == 0 ? 0 : (score - $0) / score })
  }
}
