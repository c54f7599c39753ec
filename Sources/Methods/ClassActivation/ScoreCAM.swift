internal import Configuration
public import SaliencyCore

/// Score-CAM: the maps of a layer, each weighted by the score of the image seen through it.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k w_k A_k), w = softmax_k(f(x · M_k) - f(0)), M_k the map enlarged to the image's size and then
/// stretched to [0, 1]. A softmax does not depend on what is common to all, so that the score f(0) of the baseline is left out.
/// With `top` only the maps of the largest standard deviation are used; the others have weight 0.
///
/// H. Wang et al., "Score-CAM", CVPR Workshops 2020, arXiv:1910.01279, algorithm 1.
///
/// Known deviations elsewhere: pytorch-grad-cam enlarges with aligned corners; tf-keras-vis takes the softmax of all classes' scores
/// first; torch-cam stretches before it enlarges, and sums the stretched maps.
///
/// - Complexity: K (or `top`) forward passes.
public struct ScoreCAM: LayerMapMethod {
  public static let descriptor = MethodDescriptor(
    "score-cam", title: "Score-CAM", family: .classActivation, paper: "Wang 2020, arXiv:1910.01279",
    needs: "a spatial layer", reduction: .sum)

  /// How many maps, those of the largest standard deviation; nil for all.
  public var top: Int?

  public init() {}

  /// Score-CAM with the maps of the largest standard deviation alone.
  public init(top: Int?) { self.top = top }

  public func validate() throws {
    if let top { try Self.require("top", top, in: 1...Self.largestCount) }
  }

  public var expectedPasses: Passes { Passes(forward: top ?? 512) }

  public func expectedPasses(for model: Model) -> Passes {
    let count = model.defaultMaps.count
    return Passes(forward: min(top ?? count, count))
  }

  public func map(of maps: LayerMaps) throws -> Tensor {
    let masks = try ChannelMasks(maps)
    let used = used(maps)
    let scores = try masks.scores(count: used.count) { ChannelMasks.stretched(masks.enlarged(used[$0])) }
    var weights = [Float](repeating: 0, count: maps.count)
    for (k, weight) in zip(used, softmax(scores)) { weights[k] = weight }
    return maps.rectifiedSum(weights)
  }

  private func used(_ maps: LayerMaps) -> [Int] {
    guard let top, top < maps.count else { return Array(0..<maps.count) }
    let deviations = (0..<maps.count).map { k in
      let map = maps.map(k)
      let mean = Float(map.sum / Double(map.count))
      return (map + -mean).norm
    }
    let order = deviations.indices.sorted { (deviations[$1], $0) < (deviations[$0], $1) }
    return order.prefix(top).sorted()
  }
}
