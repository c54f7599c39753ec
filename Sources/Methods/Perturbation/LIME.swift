internal import Configuration
internal import Foundation
public import SaliencyCore

/// LIME: the coefficients of a linear model of the score, fitted to random coalitions of segments near the image.
///
/// Ridge regression with an intercept of f(z) on z in {0, 1}^M, z_i = 1 with probability 1/2 (the first z is the image itself),
/// weighted by exp(-d² / width²), d = 1 - sqrt(|z| / M) the cosine distance of z from the whole image. Map `[N, H, W, 1]`: at each pixel the
/// coefficient of its segment.
///
/// M. T. Ribeiro, S. Singh, C. Guestrin, "Why Should I Trust You?", KDD 2016, arXiv:1602.04938, section 3; width and ridge as in the authors' package.
///
/// Known deviations elsewhere: the authors' package and Captum take exp(-d² / (2 width²)), which is a width sqrt(2) times as large; Captum takes
/// the distance between images, and a lasso.
///
/// - Complexity: `samples` forward passes.
public struct LIME: SegmentMethod {
  public static let descriptor = MethodDescriptor(
    "lime", title: "LIME", family: .perturbation, paper: "Ribeiro 2016, arXiv:1602.04938", reduction: .sum,
    isSigned: true)

  /// How the image is cut.
  public var segmentation = Segmentation.slic
  /// About how many segments.
  public var segments = 50
  /// What a segment is covered with: the authors' package takes the mean colour of each segment.
  public var fill = PerturbationFill.mean
  /// How many coalitions are drawn.
  public var samples = 1000
  /// The width of the kernel.
  public var kernelWidth = 0.25
  /// The weight of the ridge.
  public var ridge = 1.0
  /// The seed of the coalitions.
  public var seed: UInt64 = 0

  public init() {}

  public init(segmentation: Segmentation, segments: Int, samples: Int = 1000) {
    (self.segmentation, self.segments, self.samples) = (segmentation, segments, samples)
  }

  public func validate() throws {
    try validateSegments()
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("kernelWidth", kernelWidth, above: 0)
    try Self.require("ridge", ridge, in: 0...)
  }

  public func passes(segments: Int) -> Int { samples }

  public func values(of game: SegmentGame) throws -> [Double] {
    let coalitions = (0..<samples).map { number in
      let random = game.random(number)
      return (0..<game.count).map { number == 0 || random.uniform(at: $0) < 0.5 }
    }
    return try coefficients(coalitions, try game.values(coalitions))
  }

  /// The weighted ridge regression.
  func coefficients(_ coalitions: [[Bool]], _ values: [Double]) throws -> [Double] {
    let weights = coalitions.map { coalition in
      let share = Double(coalition.count { $0 }) / Double(coalition.count)
      let distance = 1 - share.squareRoot()
      return exp(-distance * distance / (kernelWidth * kernelWidth))
    }
    return try WeightedLeastSquares.solveWithIntercept(
      coalitions.map { $0.map { $0 ? 1 : 0 } }, values, weights: weights, ridge: ridge)
  }
}
