internal import Configuration
public import SaliencyCore

/// XRAI: regions in the order in which they gain most integrated gradients for each pixel.
///
/// Attribution `[N, H, W, 1]`: the mean of integrated gradients from black and white, the maximum over the channels,
/// is averaged over regions. The regions are segments of the image at six scales, dilated. Again and again the region
/// with the highest mean over its pixels not yet covered is added, and these pixels get that mean. `fast` orders the
/// regions once, by the mean over all their pixels.
///
/// A. Kapishnikov et al., "XRAI: Better Attributions Through Regions", ICCV 2019, arXiv:1906.02825, section 3;
/// defaults of the authors' code (PAIR saliency).
///
/// Known deviations elsewhere: PAIR takes the image's own least and greatest number for black and white, and the mean
/// over an inclusive path for integrated gradients.
///
/// - Complexity: for each image 2 `steps` forward and backward passes, and a segmentation at each scale.
public struct XRAI: GradientMethod {
  public static let descriptor = MethodDescriptor(
    "xrai", title: "XRAI", family: .gradient, paper: "Kapishnikov 2019, arXiv:1906.02825", reduction: .sum,
    isSigned: true)

  /// The number of points on the path from each baseline.
  public var steps = 100
  /// The scales of the segmentation.
  public var scales: [Double] = [50, 100, 150, 250, 500, 1200]
  /// By how many pixels regions are dilated.
  public var dilation = 5
  /// The fewest new pixels for which a region is added.
  public var minPixels = 50
  /// Whether the regions are ordered once.
  public var fast = false

  public init() {}

  public func validate() throws {
    try Self.require("steps", steps, in: 1...Self.largestCount)
    try Self.require("dilation", dilation, in: 0...100)
    try Self.require("minPixels", minPixels, in: 1...Self.largestCount)
    try Self.require(
      "scales", scales, !scales.isEmpty && scales.allSatisfy { $0 > 0 }, expected: "numbers above 0")
  }

  public var expectedPasses: Passes { Passes(forward: 2 * steps, backward: 2 * steps) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let maps = try (0..<request.inputs.batchSize).map { n in
      let input = request.inputs.sample(n)
      let regions = Regions.segments(of: input, scales: scales, dilation: dilation)
      let values = try pixels(request, sample: n)
      let map = regions.map(values, minPixels: minPixels, fast: fast)
      return Tensor(shape: [1, input.shape[1], input.shape[2], 1], scalars: map.map { Float($0) })
    }
    return Attribution(Tensor(concatenating: maps))
  }

  /// The mean of integrated gradients from black and white, the maximum over the channels.
  private func pixels(_ request: AttributionRequest, sample n: Int) throws -> [Double] {
    let input = request.inputs.sample(n)
    var total = Tensor(repeating: 0, shape: input.shape)
    for kind in [ReferenceImage.black, .white] {
      let reference = kind.image(of: input, for: request.model, random: CounterRandom(seed: 0))
      total += try PathSample.mean(count: steps, request, explainedAs: n) { step in
        PathSample(input: input, reference: reference, position: (Float(step) + 0.5) / Float(steps))
      }
    }
    let channels = input.shape[3]
    return total.withUnsafeScalars { a in
      stride(from: 0, to: a.count, by: channels).map { first in
        Double((first..<(first + channels)).reduce(-Float.infinity) { max($0, a[$1]) } / 2)
      }
    }
  }
}
