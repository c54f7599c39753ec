internal import Configuration
public import SaliencyCore

/// SmoothGrad: the mean of a method's attributions for noisy copies of the image.
///
/// Attribution: (1/n) sum_i M(x + sigma e_i), e_i standard normal, sigma = noise · (max x - min x) of that image; M is any
/// method, the gradient by default, and its attributions are averaged with their signs. `aggregate` gives the other members
/// of the family: the mean of squares (SmoothGrad-squared), the variance (VarGrad), the mean of magnitudes. The
/// noise depends on the seed, the image's noise key (by default its pixels), and the
/// sample's number alone; memory does not grow with n.
///
/// D. Smilkov et al., "SmoothGrad: removing noise by adding noise", 2017, arXiv:1706.03825. The squared and variance forms:
/// S. Hooker et al., NeurIPS 2019, arXiv:1806.10758; J. Adebayo et al., 2018, arXiv:1810.03307.
///
/// Known deviations elsewhere: Captum, xplique and tf-explain take an absolute sigma (`sigma`); tf-keras-vis and Captum around `Saliency`
/// average magnitudes, PAIR squares (`aggregate`); zennit's last sample has no noise (`cleanLast`).
///
/// - Complexity: n forward and n backward passes of the base method.
public struct SmoothGrad: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "smooth-grad", title: "SmoothGrad", family: .gradient, paper: "Smilkov 2017, arXiv:1706.03825")

  /// How the attributions of the noisy copies are combined.
  public enum Aggregate: String, Sendable, Codable, CaseIterable {
    /// The mean: SmoothGrad.
    case mean
    /// The mean of the squares: SmoothGrad-squared.
    case meanSquare = "mean-square"
    /// The population variance: VarGrad.
    case variance
    /// The mean of the magnitudes.
    case meanMagnitude = "mean-magnitude"
    /// The variance with n - 1 in the denominator: xplique's VarGrad.
    case sampleVariance = "sample-variance"
  }

  /// The method whose attributions are averaged.
  public var base = AnyMethod(Gradient())
  /// How many noisy copies.
  public var samples = 50
  /// The noise's standard deviation as a fraction of the image's range.
  public var noise: Float = 0.15
  /// The seed of the noise.
  public var seed: UInt64 = 0
  /// How the attributions of the noisy copies are combined.
  public var aggregate = Aggregate.mean
  /// The noise's standard deviation as a number, in place of a fraction of the range.
  public var sigma: Float?
  /// Whether the last sample is the image itself.
  public var cleanLast = false

  public static let addedParameters: Set<String> = ["cleanLast"]

  public init() {}

  public init(
    base: any SaliencyMethod, samples: Int = 50, noise: Float = 0.15, seed: UInt64 = 0,
    aggregate: Aggregate = .mean
  ) {
    self.base = AnyMethod(base)
    self.samples = samples
    self.noise = noise
    self.seed = seed
    self.aggregate = aggregate
  }

  public var reduction: ChannelReduction { base.method.reduction }

  public func reach(in model: Model) -> Reach { base.method.reach(in: model) }

  /// The largest noise, in ranges of the image.
  private static let largestNoise: Float = 100

  public func validate() throws {
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("noise", noise, in: 0...Self.largestNoise, note: "0.15 is 15% of the range")
    if let sigma { try Self.require("sigma", sigma, in: 0...) }
    if aggregate == .sampleVariance { try Self.require("samples", samples, in: 2...) }
  }

  public func validate(for model: Model) throws { try base.method.validate(for: model) }

  public var expectedPasses: Passes {
    let once = base.method.expectedPasses
    return Passes(forward: samples * (1 + once.forward), backward: samples * once.backward)
  }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let parts = try (0..<request.inputs.batchSize).map { try smooth(request, sample: $0) }
    return Attribution(Tensor(concatenating: parts.map(\.values)), matched: parts[0].matched)
  }

  private func smooth(_ request: AttributionRequest, sample n: Int) throws -> Attribution {
    let input = request.inputs.sample(n)
    let image = request.noiseKey(of: n)
    return try smooth(request, sample: n) {
      Self.unitNoise(seed: seed, key: image, shape: input.shape, sample: $0)
    }
  }

  /// The attribution for image `n`, given the unit noise of each sample.
  func smooth(
    _ request: AttributionRequest, sample n: Int, unitNoise: (Int) -> Tensor
  ) throws -> Attribution {
    let input = request.inputs.sample(n)
    let range = input.bounds.map { $0.high - $0.low } ?? 0
    let deviation = sigma ?? noise * range
    var moments: Moments?
    var matched: Int?
    for chunk in MicroBatches(count: samples, of: request.model) {
      let noisy = chunk.map {
        cleanLast && $0 == samples - 1 ? input : input + unitNoise($0) * deviation
      }
      let copies = try request.with(inputs: Tensor(concatenating: noisy), explainedAs: n)
      let attribution = try base.method.attribution(for: copies)
      matched = attribution.matched
      for i in 0..<chunk.count { moments.add(attribution.values.sample(i), for: aggregate) }
    }
    guard let moments else { preconditionFailure("at least one sample is drawn") }
    return Attribution(moments.aggregated, matched: matched)
  }

  /// The noise of one sample: standard normal, the same for the same pixels whatever batch they are in.
  public static func unitNoise(seed: UInt64, image: Tensor, sample: Int) -> Tensor {
    unitNoise(seed: seed, key: image.contentKey, shape: image.shape, sample: sample)
  }

  private static func unitNoise(seed: UInt64, key: UInt64, shape: Shape, sample: Int) -> Tensor {
    CounterRandom(seed: seed, path: key, UInt64(sample)).normal(shape: shape)
  }
}

/// Running sums of what an aggregate needs: values, their squares, or both of their distances from the first value.
private struct Moments {
  let aggregate: SmoothGrad.Aggregate
  let first: Tensor
  var count = 1
  var sum: Tensor
  var squares: Tensor

  init(_ value: Tensor, for aggregate: SmoothGrad.Aggregate) {
    self.aggregate = aggregate
    first = value
    let zero = Tensor(repeating: 0, shape: value.shape)
    sum = aggregate == .mean ? value : aggregate == .meanMagnitude ? value.map { abs($0) } : zero
    squares = aggregate == .meanSquare ? value * value : zero
  }

  mutating func add(_ value: Tensor) {
    count += 1
    switch aggregate {
    case .mean: sum += value
    case .meanMagnitude: sum += value.map { abs($0) }
    case .meanSquare: squares += value * value
    case .variance, .sampleVariance:
      // Distances from the first value, not from zero: a large common part would drown the variance.
      let shifted = value - first
      sum += shifted
      squares += shifted * shifted
    }
  }

  var aggregated: Tensor {
    let scale = 1 / Float(count)
    switch aggregate {
    case .mean, .meanMagnitude: return sum * scale
    case .meanSquare: return squares * scale
    case .variance: return (squares - sum * sum * scale).positivePart * scale
    case .sampleVariance: return (squares - sum * sum * scale).positivePart * (1 / Float(count - 1))
    }
  }
}

extension Moments? {
  fileprivate mutating func add(_ value: Tensor, for aggregate: SmoothGrad.Aggregate) {
    if self == nil { self = Moments(value, for: aggregate) } else { self?.add(value) }
  }
}
