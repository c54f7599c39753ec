internal import Configuration
public import SaliencyCore

/// RISE: the mean of random masks, each weighted by the score of the image seen through it.
///
/// Map `[N, H, W, 1]`: 1 / (M p) sum_i f(x · m_i) m_i over M masks m_i (`RandomMasks`). What a mask hides is `fill`, zero in the preprocessed
/// space by default. The masks depend on the seed, the image's pixels and their number alone, and are made where they are used.
///
/// V. Petsiuk, A. Das, K. Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018, arXiv:1806.07421,
/// section 3. The paper takes 4,000 masks for VGG16 and 8,000 for ResNet50, and the class probability as f: ask for the score
/// of the output for that.
///
/// Known deviations elsewhere: xplique divides by the sum of the masks at each pixel; TorchRay mirrors the edges of the enlarged grid.
///
/// - Complexity: `masks` forward passes.
public struct RISE: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "rise", title: "RISE", family: .perturbation, paper: "Petsiuk 2018, arXiv:1806.07421", reduction: .sum,
    isSigned: true)

  /// What the weighted sum of the masks is divided by.
  public enum Divisor: String, Sendable, Codable, CaseIterable {
    /// The expected sum of the masks, M p: the paper.
    case expectation
    /// The sum of the masks at each pixel (xplique).
    case coverage
  }

  /// How many masks.
  public var masks = 4000
  /// How many cells the grid has on a side.
  public var cells = 7
  /// The probability that a cell is seen.
  public var probability: Float = 0.5
  /// What a mask hides is replaced by.
  public var fill = PerturbationFill.zero
  /// What the sum is divided by.
  public var divisor = Divisor.expectation
  /// The seed of the masks.
  public var seed: UInt64 = 0

  public init() {}

  /// RISE with a number of masks of `cells` x `cells` cells.
  public init(masks: Int, cells: Int = 7, probability: Float = 0.5, seed: UInt64 = 0) {
    (self.masks, self.cells, self.probability, self.seed) = (masks, cells, probability, seed)
  }

  public func validate() throws {
    try Self.require("masks", masks, in: 1...Self.largestCount)
    try Self.require("cells", cells, in: 1...1000)
    try Self.require("probability", probability, above: 0, atMost: 1)
  }

  public var expectedPasses: Passes { Passes(forward: masks) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let maps = try (0..<request.inputs.batchSize).map { try map(ImageCopies(of: $0, in: request)) }
    return Attribution(maps: maps, height: request.inputs.shape[1], width: request.inputs.shape[2])
  }

  private func map(_ copies: ImageCopies) throws -> [Float] {
    let drawn = RandomMasks(
      height: copies.height, width: copies.width, cells: cells, probability: probability)
    let cover = fill.image(for: copies, seed: seed)
    let pixels = copies.pixels
    var sum = WeightedMasks(pixels: pixels)
    var chunkMasks = [Float](repeating: 0, count: copies.request.model.microBatch * pixels)
    for chunk in MicroBatches(count: masks, of: copies.request.model) {
      try chunkMasks.withUnsafeMutableBufferPointer { all in
        func mask(_ number: Int) -> UnsafeMutableBufferPointer<Float> {
          let start = (number - chunk.lowerBound) * pixels
          return UnsafeMutableBufferPointer(rebasing: all[start..<(start + pixels)])
        }
        let scores = try copies.scores(of: chunk) { number, copy in
          drawn.write(copies.random(seed: seed, number), into: mask(number))
          copies.cover(copy, with: cover, where: UnsafeBufferPointer(mask(number)))
        }
        for (number, score) in zip(chunk, scores) { sum.add(UnsafeBufferPointer(mask(number)), score) }
      }
    }
    return sum.map(divisor, expected: Double(masks) * Double(probability))
  }
}

/// The running sum of masks, weighted by scores.
struct WeightedMasks {
  private var weighted: [Double]
  private var coverage: [Double]

  init(pixels: Int) {
    weighted = [Double](repeating: 0, count: pixels)
    coverage = weighted
  }

  mutating func add(_ mask: UnsafeBufferPointer<Float>, _ score: Float) {
    let score = Double(score)
    weighted.withUnsafeMutableBufferPointer { weighted in
      coverage.withUnsafeMutableBufferPointer { coverage in
        for i in 0..<mask.count {
          let value = Double(mask[i])
          weighted[i] += score * value
          coverage[i] += value
        }
      }
    }
  }

  func map(_ divisor: RISE.Divisor, expected: Double) -> [Float] {
    switch divisor {
    case .expectation: weighted.map { Float($0 / expected) }
    case .coverage: zip(weighted, coverage).map { Float($1 > 0 ? $0 / $1 : 0) }
    }
  }
}

extension ImageCopies {
  /// Covers a copy of the image: cover + m (x - cover) at each pixel, for a mask of values from 0 (covered) to 1 (seen).
  func cover(
    _ copy: UnsafeMutableBufferPointer<Float>, with cover: Tensor, where mask: UnsafeBufferPointer<Float>
  ) {
    let channels = channels
    cover.withUnsafeScalars { cover in
      for p in 0..<mask.count {
        let m = mask[p]
        for i in (p * channels)..<((p + 1) * channels) { copy[i] = cover[i] + m * (copy[i] - cover[i]) }
      }
    }
  }
}
