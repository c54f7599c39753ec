internal import Configuration
public import SaliencyCore

/// SS-CAM: Score-CAM with each map's score averaged over noisy copies of the map.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k w_k A_k), w = softmax_k((1/n) sum_i f(x · M_ki)), M_ki the enlarged map,
/// stretched to [0, 1], plus normal noise of standard deviation `noise`. The noise depends on the seed, the image's pixels, the map and the sample alone.
///
/// H. Wang et al., "SS-CAM: Smoothed Score-CAM for Sharper Visual Feature Localization", 2020, arXiv:2006.14255, section 3; samples and noise as in torch-cam.
///
/// Known deviations elsewhere: torch-cam stretches before it enlarges, and sums the stretched maps.
///
/// - Complexity: K · `samples` forward passes.
public struct SmoothedScoreCAM: LayerMapMethod {
  public static let descriptor = MethodDescriptor(
    "ss-cam", title: "SS-CAM", family: .classActivation, paper: "Wang 2020, arXiv:2006.14255",
    needs: "a spatial layer", reduction: .sum)

  /// How many noisy copies of each map.
  public var samples = 35
  /// The standard deviation of the noise.
  public var noise: Float = 2
  /// The seed of the noise.
  public var seed: UInt64 = 0

  public init() {}

  public init(samples: Int, noise: Float = 2, seed: UInt64 = 0) {
    (self.samples, self.noise, self.seed) = (samples, noise, seed)
  }

  public func validate() throws {
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("noise", noise, in: 0...1e6)
  }

  public var expectedPasses: Passes { Passes(forward: 512 * samples) }

  public func expectedPasses(for model: Model) -> Passes {
    Passes(forward: model.defaultMaps.count * samples)
  }

  public func map(of maps: LayerMaps) throws -> Tensor {
    let masks = try ChannelMasks(maps)
    let means = try (0..<maps.count).map { k in
      let map = ChannelMasks.stretched(masks.enlarged(k))
      let scores = try masks.scores(count: samples) { i in
        map + masks.noise(seed: seed, k * samples + i) * noise
      }
      return Float(scores.reduce(0) { $0 + Double($1) } / Double(samples))
    }
    return maps.rectifiedSum(softmax(means))
  }
}
