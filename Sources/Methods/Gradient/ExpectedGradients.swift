internal import Configuration
public import SaliencyCore

/// Expected gradients: integrated gradients averaged over many baselines, with one random point of each path.
///
/// Attribution `[N, H, W, C]`: (1/n) sum_s (x - x'_s) · dS_c/dx at x'_s + a_s (x - x'_s), with a_s from U(0, 1) and
/// x'_s from `baselines` in turn. The values sum to f(x) - mean f(x'_s) up to the sampling error, which is reported
/// as `completenessGap`. With `noise`, each sample has its own normal noise of that part of the image's range
/// (GradientSHAP).
///
/// G. Erion et al., "Improving performance of deep learning models with axiomatic attribution priors and expected
/// gradients", 2021, arXiv:1906.10670, section 2; S. Lundberg, S.-I. Lee, 2017, arXiv:1705.07874. The papers draw
/// baselines from the training set; a method sees no data set, so the default is what needs none.
///
/// Known deviations elsewhere: Captum draws 5 samples and needs the baselines; `shap` draws 200.
///
/// - Complexity: for each image n forward and n backward passes, and a forward pass for each baseline that differs.
public struct ExpectedGradients: GradientMethod {
  public static let descriptor = MethodDescriptor(
    "expected-gradients", title: "Expected gradients", family: .gradient,
    paper: "Erion 2021, arXiv:1906.10670", reduction: .sum, isSigned: true)

  /// The number of samples.
  public var samples = 40
  /// What the image is compared with, in turn.
  public var baselines: [ReferenceImage] = [.black, .white, .blurred, .noise]
  /// The standard deviation of noise added to the image, as a part of its range.
  public var noise: Float = 0
  /// The seed of the random numbers.
  public var seed: UInt64 = 0

  public init() {}

  /// Expected gradients over some baselines.
  public init(samples: Int, baselines: [ReferenceImage] = ReferenceImage.allCases) {
    (self.samples, self.baselines) = (samples, baselines)
  }

  public func validate() throws {
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("baselines", baselines, !baselines.isEmpty, expected: "at least one")
    try Self.require("noise", noise, in: 0...100)
  }

  /// The baseline of each sample.
  private var schedule: [ReferenceImage] { (0..<samples).map { baselines[$0 % baselines.count] } }

  public var expectedPasses: Passes {
    let drawn = schedule.count { $0 == .noise }
    let fixed = Set(schedule).subtracting([.noise]).count
    return Passes(forward: samples + drawn + fixed, backward: samples)
  }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let parts = try (0..<request.inputs.batchSize).map { try average(request, sample: $0) }
    return Attribution(Tensor(concatenating: parts.map(\.values)), completenessGap: parts.map(\.gap))
  }

  private func average(_ request: AttributionRequest, sample n: Int) throws -> (values: Tensor, gap: Float) {
    let input = request.inputs.sample(n)
    let (schedule, key) = (schedule, input.contentKey)
    func random(_ purpose: UInt64, _ sample: Int) -> CounterRandom {
      CounterRandom(seed: seed, path: key, UInt64(sample), purpose)
    }
    var fixed: [ReferenceImage: Tensor] = [:]
    for kind in Set(schedule) where kind != .noise {
      fixed[kind] = kind.image(of: input, for: request.model, random: random(0, 0))
    }
    let width = noise * (input.bounds.map { $0.high - $0.low } ?? 0)
    let values = try PathSample.mean(count: samples, request, explainedAs: n) { s in
      let reference =
        fixed[schedule[s]] ?? schedule[s].image(of: input, for: request.model, random: random(1, s))
      let image =
        noise == 0 ? input : input + SmoothGrad.unitNoise(seed: seed, image: input, sample: s) * width
      return PathSample(input: image, reference: reference, position: random(2, s).uniform(at: 0))
    }
    let start = try self.start(request, n, fixed) {
      schedule[$0].image(of: input, for: request.model, random: random(1, $0))
    }
    let rise = Double(request.scores[n]) - start
    return (values, Float(abs(values.sum - rise) / max(abs(rise), .leastNormalMagnitude)))
  }

  /// The mean score of the baselines.
  private func start(
    _ request: AttributionRequest, _ n: Int, _ fixed: [ReferenceImage: Tensor], _ noise: (Int) -> Tensor
  ) throws -> Double {
    let drawn = schedule.indices.filter { schedule[$0] == .noise }
    var total = 0.0
    for (kind, image) in fixed.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let score = try request.scores(for: image, explainedAs: n)[0]
      total += Double(score) * Double(schedule.count { $0 == kind })
    }
    for chunk in MicroBatches(count: drawn.count, of: request.model) {
      let images = Tensor(concatenating: chunk.map { noise(drawn[$0]) })
      for score in try request.scores(for: images, explainedAs: n) { total += Double(score) }
    }
    return total / Double(samples)
  }
}

/// A point on the straight path from a reference to an image.
struct PathSample {
  let input, reference: Tensor
  /// 0 at the reference, 1 at the image.
  let position: Float

  /// The mean of (x - x') · gradient over samples that `draw` makes where they are used.
  static func mean(
    count: Int, _ request: AttributionRequest, explainedAs n: Int, draw: (Int) -> PathSample
  ) throws -> Tensor {
    var total = Tensor(repeating: 0, shape: request.inputs.sample(n).shape)
    for chunk in MicroBatches(count: count, of: request.model) {
      let samples = chunk.map(draw)
      let points = samples.map { ($0.input - $0.reference) * $0.position + $0.reference }
      let gradients = try request.with(inputs: Tensor(concatenating: points), explainedAs: n)
        .inputGradient().0
      for (i, sample) in samples.enumerated() {
        total += gradients.sample(i) * (sample.input - sample.reference)
      }
    }
    return total * (1 / Float(count))
  }
}
