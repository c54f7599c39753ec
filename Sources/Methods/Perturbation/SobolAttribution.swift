internal import Configuration
public import SaliencyCore

/// Sobol attribution: the share of the score's variance that each cell of a grid has a part in.
///
/// Map `[N, g, g, 1]`: Jansen's estimate of the total-order Sobol index, S_i = sum_j (f(A_j) - f(C_ij))² / (2 n Var f(A)), over n rows of two designs A and B of
/// masks in [0, 1]^(g · g), the halves of a Sobol sequence; C_i is A with column i from B. A mask scales the cells of the image towards `fill`. 0 where the variance is 0.
///
/// T. Fel et al., "Look at the Variance! Efficient Black-box Explanations with Sobol-based Sensitivity Analysis", NeurIPS 2021, arXiv:2111.04138, section 3; grid and designs as in METHODS of xplique.
///
/// Known deviations elsewhere: xplique enlarges the map bicubically, and scores design B too, which the estimate does not need.
///
/// - Complexity: n (g² + 1) forward passes: 2,080 by default.
public struct SobolAttribution: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "sobol", title: "Sobol attribution", family: .perturbation, paper: "Fel 2021, arXiv:2111.04138",
    reduction: .sum)

  /// How many cells the grid has on a side.
  public var grid = 8
  /// How many rows a design has: a power of two balances it.
  public var designs = 32
  /// What is hidden is replaced by.
  public var fill = PerturbationFill.zero
  /// The seed of a fill with noise.
  public var seed: UInt64 = 0

  public init() {}

  /// Sobol indices on a grid of `grid` x `grid` cells.
  public init(grid: Int, designs: Int) { (self.grid, self.designs) = (grid, designs) }

  public func validate() throws {
    try Self.require("grid", grid, in: 1...Self.largestGrid)
    try Self.require("designs", designs, in: 2...Self.largestCount)
  }

  /// The sequence has so many dimensions.
  private static let largestGrid = 10

  public var expectedPasses: Passes { Passes(forward: designs * (grid * grid + 1)) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let maps = try (0..<request.inputs.batchSize).map { n in
      let copies = try ImageCopies(of: n, in: request)
      return try indices(GridMasks(copies, grid: grid, cover: fill.image(for: copies, seed: seed)))
    }
    return Attribution(maps: maps, height: grid, width: grid)
  }

  private func indices(_ masks: GridMasks) throws -> [Float] {
    let cells = grid * grid
    let points = SobolSequence(dimensions: 2 * cells).points(designs)
    let scores = try masks.scores(count: designs * (cells + 1)) { number in
      var mask = Array(points[number % designs].prefix(cells))
      if number >= designs {
        let cell = number / designs - 1
        mask[cell] = points[number % designs][cells + cell]
      }
      return mask
    }
    return Self.totalOrder(
      scores.prefix(designs).map(Double.init), scores.dropFirst(designs).map(Double.init))
  }

  /// Jansen's estimate from f(A) and, cell by cell, f(C).
  static func totalOrder(_ a: [Double], _ c: [Double]) -> [Float] {
    let count = a.count
    let mean = a.reduce(0, +) / Double(count)
    let variance = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(count - 1, 1))
    return stride(from: 0, to: c.count, by: count).map { start in
      let total = (0..<count).reduce(0.0) { sum, j in
        let difference = a[j] - c[start + j]
        return sum + difference * difference
      }
      return variance == 0 ? 0 : Float(total / (2 * Double(count) * variance))
    }
  }
}
