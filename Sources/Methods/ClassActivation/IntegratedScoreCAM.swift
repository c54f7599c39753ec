internal import Configuration
public import SaliencyCore

/// IS-CAM: Score-CAM with each map's score averaged over a path of masks that grow.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k w_k A_k), w = softmax_k((1/n) sum_i f(c_i x · M_k)), M_k as in Score-CAM, c_i = sum_{j <= i} j / n: the
/// paper's running sum, which grows beyond 1.
///
/// R. Naidu et al., "IS-CAM: Integrated Score-CAM for axiomatic-based explanations", 2020, arXiv:2010.03023, equation 6; `samples` as in torch-cam.
///
/// Known deviations elsewhere: torch-cam stretches before it enlarges, and sums the stretched maps.
///
/// - Complexity: K · `samples` forward passes.
public struct IntegratedScoreCAM: LayerMapMethod {
  public static let descriptor = MethodDescriptor(
    "is-cam", title: "IS-CAM", family: .classActivation, paper: "Naidu 2020, arXiv:2010.03023",
    needs: "a spatial layer", reduction: .sum)

  /// How many masks on the path.
  public var samples = 10

  public init() {}

  public init(samples: Int) { self.samples = samples }

  public func validate() throws { try Self.require("samples", samples, in: 1...Self.largestCount) }

  public var expectedPasses: Passes { Passes(forward: 512 * samples) }

  public func expectedPasses(for model: Model) -> Passes {
    Passes(forward: model.defaultMaps.count * samples)
  }

  public func map(of maps: LayerMaps) throws -> Tensor {
    let masks = try ChannelMasks(maps)
    let factors = (1...samples).map { Float($0 * ($0 + 1)) / Float(2 * samples) }
    let means = try (0..<maps.count).map { k in
      let mask = ChannelMasks.stretched(masks.enlarged(k))
      let scores = try masks.scores(count: samples, factor: { factors[$0] }, mask: { _ in mask })
      return Float(scores.reduce(0) { $0 + Double($1) } / Double(samples))
    }
    return maps.rectifiedSum(softmax(means))
  }
}
