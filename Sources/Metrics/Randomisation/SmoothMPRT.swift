internal import Configuration
internal import SaliencyCore

/// Smooth MPRT: parameter randomisation of maps that are averaged over noisy copies of the image, from the input up.
///
/// The attribution is the mean over `samples` copies with normal noise of `noise` times the image's range. The layers are
/// randomised from the input to the scores in `points` nearly equal groups; a point is the similarity of the map with
/// that of the trained model, the mean over `seeds` draws; the numbers are the means over the points. The similarities
/// are those of `CascadingRandomisation`.
///
/// A. Hedstroem et al., "Sanity Checks Revisited: An Exploration to Repair the Model Parameter Randomisation Test", 2024,
/// arXiv:2401.06465, section 4. The paper takes 50 copies and every layer, which is 50 maps a layer; here 10 copies and 4
/// groups. The attribution of the trained model is averaged too, so that the map that other metrics see is not compared.
///
/// Known deviations elsewhere: Quantus divides maps by the maximum over its batch and draws every layer from one seed.
public struct SmoothMPRT: ParameterRandomisation {
  public static let descriptor = MetricDescriptor(
    "smooth-mprt", title: "Smooth MPRT", category: .randomisation, paper: "Hedstroem 2024, arXiv:2401.06465",
    needs: [.method], values: values("mean over layers, smoothed"))

  /// How many noisy copies are averaged.
  public var samples = 10
  /// The standard deviation of the noise as a fraction of the image's range.
  public var noise: Float = 0.1
  /// How many points of the cascade.
  public var points = 4
  /// What randomised layers hold.
  public var initialiser = Initialiser.glorotUniform
  /// The side of a cell of the HOG descriptor, in pixels.
  public var cellSize = 8
  /// How many times each layer is re-initialised; similarities are means over them.
  public var seeds = 5

  public init() {}

  /// The metric with another number of copies, other noise and another number of points.
  public init(samples: Int, noise: Float = 0.1, points: Int = 4, seeds: Int = 5) {
    (self.samples, self.noise, self.points, self.seeds) = (samples, noise, points, seeds)
  }

  public func validate() throws {
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("noise", noise, in: 0...100, note: "times the image's range")
    try Self.require("points", points, in: 1...Self.largestCount)
    try Self.require("cellSize", cellSize, in: 1...Self.largestCount, unit: "pixels")
    try Self.require("seeds", seeds, in: 1...1000)
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed(times: (min(points, map.layers) * seeds + 1) * samples))
  }

  func steps(_ layers: [String]) -> [RandomisationStep] {
    let count = min(points, layers.count)
    let upwards = Array(layers.reversed())
    return (1...max(count, 1)).map { k in
      let chosen = Array(upwards.prefix(k * layers.count / max(count, 1)))
      return RandomisationStep(name: chosen.last ?? "", layers: chosen)
    }
  }

  func trainedMap(_ subject: Subject) throws -> SaliencyMap { try map(subject, of: subject.request) }

  func map(_ subject: Subject, of request: AttributionRequest) throws -> SaliencyMap {
    let sigma = noise * (try subject.inputRange())
    var sum: Tensor?
    for start in stride(from: 0, to: samples, by: subject.batchSize) {
      let images = (start..<min(start + subject.batchSize, samples)).map {
        subject.input + subject.random(.smoothing, $0).normal(shape: subject.input.shape) * sigma
      }
      let copies = try request.with(inputs: Tensor(concatenating: images), explainedAs: 0)
      let attributions = try subject.method.attribution(for: copies).values
      for i in images.indices {
        let one = attributions.sample(i)
        if sum == nil { sum = one } else { sum? += one }
      }
    }
    guard let sum else { return subject.map }
    return SaliencyMap(Attribution(sum * (1 / Float(samples))), reduction: subject.reduction)
      .resized(height: subject.map.height, width: subject.map.width)
  }

  func summary(of curve: Curve) -> Double? {
    let known = curve.y.dropFirst().compactMap(\.self)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}
