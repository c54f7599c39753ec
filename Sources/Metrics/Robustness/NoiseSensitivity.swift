internal import Configuration
internal import SaliencyCore

/// A metric of how much the attribution changes when uniform noise is added to the image.
///
/// All such metrics of one number of samples and one radius meet the same perturbed images, and share their attributions.
public protocol NoiseSensitivity: Metric {
  /// How many perturbed images.
  var samples: Int { get set }
  /// The largest change of an element as a fraction of the image's range.
  var radius: Float { get set }
}

extension NoiseSensitivity {
  /// The metric with another number of perturbed images and another radius.
  public init(samples: Int, radius: Float = 0.02) {
    self.init()
    self.samples = samples
    self.radius = radius
  }

  public func validate() throws {
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("radius", radius, above: 0, atMost: 100, note: "times the image's range")
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed(times: samples))
  }
}

/// The change of an attribution, and of the image, by one perturbation.
struct AttributionChange: Sendable {
  /// |phi(x) - phi(x')| / |phi(x)|, L2.
  let relative: Double
  /// |(phi(x) - phi(x')) / phi(x)|, element by element, L2.
  let elementwise: Double
  /// |x - x'|, L2.
  let image: Double
  /// |(x - x') / x|, element by element, L2.
  let imageElementwise: Double
}

/// The change of what the model makes of the image, by one perturbation.
struct OutputChange: Sendable {
  /// Whether the class with the largest score is the same.
  let keepsPrediction: Bool
  /// |f(x) - f(x')| over all scores, L2.
  let scores: Double
  /// |(h(x) - h(x')) / h(x)|, element by element, L2, h the last feature map; nil if the model has none or it is all zero.
  let representation: Double?
}

extension Subject {
  /// How the attribution changes for each perturbed image; the noise of stochastic methods is held.
  func attributionChanges(_ metric: some NoiseSensitivity) throws -> [AttributionChange] {
    let phi = attribution.values
    let norm = phi.norm
    guard norm > 0 else { throw NotApplicable("the attribution is all zero") }
    let r = metric.radius * (try inputRange())
    let key =
      "attribution \(phi.contentKey) of \(method.canonicalJSON), \(metric.samples) samples of radius \(metric.radius), seed \(seed)"
    return try shared.value(for: key) {
      try perturbed(metric.samples, within: r) { images in
        let request = try request.with(inputs: images, explainedAs: 0).holdingNoise(of: request)
        let attributions = try method.attribution(for: request).values
        return try (0..<images.batchSize).map { i in
          let (image, other) = (images.sample(i), attributions.sample(i))
          let change = (other - phi).norm / norm
          guard change.isFinite else { throw NotApplicable("a perturbed image's attribution is not finite") }
          return AttributionChange(
            relative: change, elementwise: phi.elementwiseChange(to: other), image: (image - input).norm,
            imageElementwise: input.elementwiseChange(to: image))
        }
      }
    }
  }

  /// How the model's outputs change for each perturbed image; shared by all maps of the request.
  func outputChanges(_ metric: some NoiseSensitivity) throws -> [OutputChange] {
    let r = metric.radius * (try inputRange())
    return try shared.value(
      for: "outputs, \(metric.samples) samples of radius \(metric.radius), seed \(seed)"
    ) {
      let nodes = [request.explained] + (request.model.lastSpatialNode.map { [$0] } ?? [])
      let before = try nodes.map { try request.outputs(for: input, at: $0) }
      return try perturbed(metric.samples, within: r) { images in
        let after = try nodes.map { try request.outputs(for: images, at: $0) }
        return (0..<images.batchSize).map { i in
          let scores = after[0].sample(i)
          return OutputChange(
            keepsPrediction: scores.indexOfMaximum == before[0].indexOfMaximum,
            scores: (scores - before[0]).norm,
            representation: nodes.count > 1 && before[1].norm > 0
              ? before[1].elementwiseChange(to: after[1].sample(i)) : nil)
        }
      }
    }
  }

  /// The largest elementwise change of the attribution over the change that `divisor` gives, for images whose prediction is kept.
  func relativeStability(
    _ metric: some NoiseSensitivity, over divisor: (AttributionChange, OutputChange) -> Double?
  ) throws -> Score {
    let changes = try attributionChanges(metric)
    let kept = zip(changes, try outputChanges(metric)).filter(\.1.keepsPrediction)
    guard !kept.isEmpty else { throw NotApplicable("the prediction changes for every perturbed image") }
    let ratios = kept.compactMap { change, output in
      divisor(change, output).flatMap { $0 > 0 ? change.elementwise / $0 : nil }
    }
    guard let worst = ratios.max() else {
      throw NotApplicable("no perturbation changes what it is divided by")
    }
    return Score(worst)
  }

  /// What `measure` makes of the perturbed images, a batch at a time.
  private func perturbed<Value>(
    _ samples: Int, within r: Float, measure: (Tensor) throws -> [Value]
  ) throws -> [Value] {
    var results: [Value] = []
    for start in stride(from: 0, to: samples, by: batchSize) {
      let images = (start..<min(start + batchSize, samples)).map {
        input + random(.sensitivity, $0).uniform(-r..<r, shape: input.shape)
      }
      results += try measure(Tensor(concatenating: images))
    }
    return results
  }
}

extension Tensor {
  /// |(a - b) / a| in the L2 norm, element by element; a divisor below 1e-6 of the largest magnitude counts as that.
  func elementwiseChange(to other: Tensor) -> Double {
    withUnsafeScalars { a in
      other.withUnsafeScalars { b in
        let largest = a.reduce(0) { max($0, abs(Double($1))) }
        guard largest > 0 else { return .infinity }
        var total = 0.0
        for i in a.indices {
          let change = (Double(a[i]) - Double(b[i])) / max(abs(Double(a[i])), 1e-6 * largest)
          total += change * change
        }
        return total.squareRoot()
      }
    }
  }
}
