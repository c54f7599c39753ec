internal import Configuration
public import SaliencyCore

/// Smooth Grad-CAM++: Grad-CAM++ with derivatives averaged over noisy copies of the image.
///
/// Attribution `[N, h, w, 1]`: relu(sum_k w_k A_k), w_k = sum_ij alpha_k,ij relu(D1_k,ij), alpha = D2 / (2 D2 + D3 sum_ab A_k,ab), where D1, D2, D3 are the means of g, g², g³ over
/// `samples` copies x + `noise` e, e standard normal, in the preprocessed space; where the denominator is 0, alpha is 0. A is that of the image itself.
///
/// D. Omeiza et al., "Smooth Grad-CAM++", 2019, arXiv:1908.01224, equations 5 and 6. The paper prints D1 for D2 in the numerator of alpha, which Grad-CAM++ has not;
/// samples and noise as in torch-cam.
///
/// Known deviations elsewhere: torch-cam takes D1 from the last copy alone, and sums A · D3 instead of A.
///
/// - Complexity: `samples` forward passes and as many backward passes down to the layer.
public struct SmoothGradCAMPlusPlus: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "smooth-grad-cam++", title: "Smooth Grad-CAM++", family: .classActivation,
    paper: "Omeiza 2019, arXiv:1908.01224", needs: "a spatial layer", reduction: .sum)

  /// How many noisy copies.
  public var samples = 4
  /// The standard deviation of the noise, in the preprocessed space.
  public var noise: Float = 0.3
  /// The seed of the noise.
  public var seed: UInt64 = 0

  public init() {}

  public init(samples: Int, noise: Float = 0.3, seed: UInt64 = 0) {
    (self.samples, self.noise, self.seed) = (samples, noise, seed)
  }

  public func validate() throws {
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("noise", noise, in: 0...1e6)
  }

  public func validate(for model: Model) throws {
    guard model.defaultLayer != nil else {
      throw MethodError.noLayer(method: Self.descriptor.title, model: model.name)
    }
  }

  public func reach(in model: Model) -> Reach { .layer }

  public var expectedPasses: Passes { Passes(forward: samples, backward: samples) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let layer = try request.mapLayer(for: Self.descriptor.title)
    let activations = request.activations(at: layer)
    return Attribution(
      Tensor(
        concatenating: try (0..<activations.batchSize).map { n in
          let maps = activations.sample(n)
          let weights = try weights(of: request, sample: n, maps)
          return maps.multiplied(broadcasting: weights).sumOverChannels().positivePart
        }))
  }

  private func weights(of request: AttributionRequest, sample n: Int, _ maps: Tensor) throws -> Tensor {
    let copies = try ImageCopies(of: n, in: request)
    let zero = Tensor(repeating: 0, shape: maps.shape)
    var (first, second, third) = (zero, zero, zero)
    for chunk in MicroBatches(count: samples, of: request.model) {
      let noisy = chunk.map { number in
        copies.image + copies.random(seed: seed, number).normal(shape: copies.image.shape) * noise
      }
      let gradients = try request.with(inputs: Tensor(concatenating: noisy), explainedAs: n)
        .layerGradient(for: Self.descriptor.title).gradients
      for i in 0..<chunk.count {
        let gradient = gradients.sample(i)
        let square = gradient * gradient
        first += gradient
        second += square
        third += square * gradient
      }
    }
    let scale = 1 / Float(samples)
    (second, third) = (second * scale, third * scale)
    let denominator = second * 2 + third.multiplied(broadcasting: maps.sumOverSpace())
    let alpha = second.zip(denominator) { $1 == 0 ? 0 : $0 / $1 }
    return (alpha * (first * scale).positivePart).sumOverSpace()
  }
}
