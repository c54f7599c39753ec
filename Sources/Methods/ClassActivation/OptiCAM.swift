internal import Configuration
public import SaliencyCore

/// Opti-CAM: the weighted sum of the maps through which the image scores most.
///
/// Attribution `[N, h, w, 1]`: S = sum_k softmax(u)_k A_k, with the u that makes f(x · M(S)) largest, M the sum enlarged to the image's size and stretched
/// to [0, 1]; by Adam from u = 0.
///
/// H. Zhang et al., "Opti-CAM: Optimizing saliency maps for interpretability", CVIU 2024, arXiv:2301.07002, equations 9 to 12; steps and rate as there.
///
/// - Complexity: `steps` forward and backward passes.
public struct OptiCAM: LayerMapMethod {
  public static let descriptor = MethodDescriptor(
    "opti-cam", title: "Opti-CAM", family: .classActivation, paper: "Zhang 2024, arXiv:2301.07002",
    needs: "a spatial layer", reduction: .sum)

  /// How many steps of Adam.
  public var steps = 100
  /// Adam's learning rate.
  public var rate: Float = 0.1

  public init() {}

  public init(steps: Int, rate: Float = 0.1) { (self.steps, self.rate) = (steps, rate) }

  public func validate() throws {
    try Self.require("steps", steps, in: 1...Self.largestCount)
    try Self.require("rate", rate, above: 0)
  }

  public func reach(in model: Model) -> Reach { .pixels }

  public var expectedPasses: Passes { Passes(forward: steps, backward: steps) }

  public func map(of maps: LayerMaps) throws -> Tensor {
    let copies = try ImageCopies(of: maps.sample, in: maps.request)
    let masked = MaskedImage(copies, cover: Tensor(repeating: 0, shape: copies.image.shape))
    var logits = [Float](repeating: 0, count: maps.count)
    var optimiser = Adam(rate: rate, count: maps.count)
    for _ in 0..<steps {
      let weights = softmax(logits)
      let enlarged = Resize.bilinear(Self.sum(maps, weights), to: (copies.height, copies.width))
      let gradient = try masked.score(ChannelMasks.stretched(enlarged)).gradient
      let low = Resize.pullback(
        .bilinear, of: Self.stretchPullback(gradient, at: enlarged), size: (maps.height, maps.width))
      let ofWeights = maps.values.multiplied(broadcasting: low).sumOverSpace().scalars
      // The softmax's mean term is 0: a stretched map does not change with a factor of all weights.
      optimiser.step(&logits, along: zip(weights, ofWeights).map { -$0 * $1 })
    }
    return Self.sum(maps, softmax(logits)).positivePart
  }

  private static func sum(_ maps: LayerMaps, _ weights: [Float]) -> Tensor {
    maps.values.multiplied(broadcasting: Tensor(shape: [1, 1, 1, maps.count], scalars: weights))
      .sumOverChannels()
  }

  /// The gradient of a map, given that of the stretched one; its minimum and maximum move too.
  static func stretchPullback(_ gradient: Tensor, at map: Tensor) -> Tensor {
    guard let bounds = map.bounds, bounds.high > bounds.low else { return gradient * 0 }
    let range = bounds.high - bounds.low
    var result = gradient * (1 / range)
    // d m / d high = -m / range, d m / d low = (m - 1) / range.
    let high = -gradient.dot(ChannelMasks.stretched(map)) / Double(range)
    let low = -(gradient.sum / Double(range) + high)
    // Equal extremes share, as in PyTorch.
    let values = map.scalars
    let (lows, highs) = (values.count { $0 == bounds.low }, values.count { $0 == bounds.high })
    result.withUnsafeMutableScalars { result in
      for i in 0..<result.count {
        if values[i] == bounds.low { result[i] += Float(low / Double(lows)) }
        if values[i] == bounds.high { result[i] += Float(high / Double(highs)) }
      }
    }
    return result
  }
}
