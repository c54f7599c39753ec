internal import Configuration
public import SaliencyCore

/// Kernel SHAP: Shapley values of segments by a weighted linear regression on coalitions.
///
/// The phi that makes sum_z k(z) (f(z) - f(0) - z · phi)² smallest among those that sum to f(x) - f(covered), with Shapley's kernel
/// k(z) = (M - 1) / (C(M, |z|) |z| (M - |z|)) for M segments. Up to `exactSegments` segments all 2^M coalitions are used, and the values are
/// Shapley's; above, coalitions are drawn by the kernel: their size, then their members. The sum is exact in both cases.
/// Map `[N, H, W, 1]`: at each pixel the value of its segment.
///
/// S. Lundberg, S.-I. Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017, arXiv:1705.07874, section 4.1.
///
/// Captum gives the empty and the full coalition a weight of 10^6 instead of the constraint, which differs by about 10^-6; its number of samples includes them.
///
/// - Complexity: `samples` + 1 forward passes, or 2^M - 1 in the exact case.
public struct KernelSHAP: SegmentMethod {
  public static let descriptor = MethodDescriptor(
    "kernel-shap", title: "Kernel SHAP", family: .perturbation, paper: "Lundberg 2017, arXiv:1705.07874",
    reduction: .sum, isSigned: true)

  /// How the image is cut.
  public var segmentation = Segmentation.slic
  /// About how many segments.
  public var segments = 50
  /// What a segment is covered with.
  public var fill = PerturbationFill.zero
  /// How many coalitions are drawn.
  public var samples = 1000
  /// Up to how many segments all coalitions are used.
  public var exactSegments = 12
  /// The seed of the coalitions.
  public var seed: UInt64 = 0

  public init() {}

  public init(segmentation: Segmentation, segments: Int, samples: Int = 1000, exactSegments: Int = 12) {
    (self.segmentation, self.segments) = (segmentation, segments)
    (self.samples, self.exactSegments) = (samples, exactSegments)
  }

  public func validate() throws {
    try validateSegments()
    try Self.require("samples", samples, in: 1...Self.largestCount)
    try Self.require("exactSegments", exactSegments, in: 0...20)
  }

  public func passes(segments: Int) -> Int { segments <= exactSegments ? 1 << segments - 1 : samples + 1 }

  public func values(of game: SegmentGame) throws -> [Double] {
    let count = game.count
    let (coalitions, weights) =
      count <= exactSegments
      ? Self.all(count) : ((0..<samples).map { Self.drawn(count, game.random($0)) }, nil)
    let empty = [Bool](repeating: false, count: count)
    let values = try game.values([empty] + coalitions)
    return try Self.solve(
      coalitions, values.dropFirst().map { $0 - values[0] }, weights: weights, sum: game.whole - values[0],
      count: count)
  }

  /// Every coalition but the empty and the full one, with the weight of Shapley's kernel.
  private static func all(_ count: Int) -> (coalitions: [[Bool]], weights: [Double]?) {
    let coalitions = (1..<max(1 << count - 1, 1)).map { bits in (0..<count).map { bits >> $0 & 1 == 1 } }
    let weights = coalitions.map { coalition in
      let size = coalition.count { $0 }
      let ways = (0..<size).reduce(1.0) { $0 * Double(count - $1) / Double($1 + 1) }
      return Double(count - 1) / (ways * Double(size * (count - size)))
    }
    return (coalitions, weights)
  }

  /// A coalition drawn by Shapley's kernel.
  static func drawn(_ count: Int, _ random: CounterRandom) -> [Bool] {
    let chances = (1..<max(count, 2)).map { 1 / Double($0 * max(count - $0, 1)) }
    var rest = Double(random.uniform(at: count + 4)) * chances.reduce(0, +)
    var size = 1
    while size < chances.count, rest >= chances[size - 1] {
      rest -= chances[size - 1]
      size += 1
    }
    var coalition = [Bool](repeating: false, count: count)
    for player in random.permutation(of: count).prefix(size) { coalition[player] = true }
    return coalition
  }

  /// The regression, with the last value eliminated by the sum.
  static func solve(
    _ coalitions: [[Bool]], _ values: [Double], weights: [Double]?, sum: Double, count: Int
  ) throws -> [Double] {
    guard count > 1 else { return [sum] }
    let features = coalitions.map { row in
      row.dropLast().map { ($0 ? 1.0 : 0) - (row[count - 1] ? 1 : 0) }
    }
    let rest = zip(values, coalitions).map { $0 - ($1[count - 1] ? sum : 0) }
    let found = try WeightedLeastSquares.solve(
      features, rest, weights: weights ?? [Double](repeating: 1, count: values.count))
    return found + [sum - found.reduce(0, +)]
  }
}
