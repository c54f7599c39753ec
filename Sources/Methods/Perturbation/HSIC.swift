internal import Configuration
internal import Foundation
public import SaliencyCore

/// HSIC attribution: how much the score depends on whether each cell of a grid is seen.
///
/// Map `[N, g, g, 1]`: HSIC_i = tr(K_i H L H) / n over n random binary masks of g x g cells: K_i = 1 + (1/2 - (z_i - z_i')²) of the i-th cell, L = exp(-(y - y')² / (2 s²)) of the scores with s
/// their median, H the centring matrix. A cell is seen with probability 1/2; what is hidden is `fill`.
///
/// P. Novello, T. Fel, D. Vigouroux, "Making Sense of Dependence: Efficient Black-box Explanations Using Dependence Measure", NeurIPS 2022, arXiv:2206.06219, section 3.
///
/// Known deviations elsewhere: xplique draws its masks from a Sobol sequence, and enlarges the map bicubically.
///
/// - Complexity: `samples` forward passes.
public struct HSIC: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "hsic", title: "HSIC", family: .perturbation, paper: "Novello 2022, arXiv:2206.06219", reduction: .sum)

  /// How many cells the grid has on a side.
  public var grid = 8
  /// How many masks.
  public var samples = 500
  /// What is hidden is replaced by.
  public var fill = PerturbationFill.zero
  /// The seed of the masks.
  public var seed: UInt64 = 0

  public init() {}

  /// HSIC on a grid of `grid` x `grid` cells.
  public init(grid: Int, samples: Int, seed: UInt64 = 0) {
    (self.grid, self.samples, self.seed) = (grid, samples, seed)
  }

  public func validate() throws {
    try Self.require("grid", grid, in: 1...100)
    try Self.require("samples", samples, in: 2...10_000)
  }

  public var expectedPasses: Passes { Passes(forward: samples) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let maps = try (0..<request.inputs.batchSize).map { n in
      let copies = try ImageCopies(of: n, in: request)
      let cells = GridMasks(copies, grid: grid, cover: fill.image(for: copies, seed: seed))
      let masks = (0..<samples).map { number in
        let random = copies.random(seed: seed, number)
        return (0..<(grid * grid)).map { random.uniform(at: $0) < 0.5 ? Float(1) : 0 }
      }
      return Self.dependence(masks, try cells.scores(masks))
    }
    return Attribution(maps: maps, height: grid, width: grid)
  }

  /// HSIC of each cell, given binary masks and the scores of the images seen through them.
  static func dependence(_ masks: [[Float]], _ scores: [Float]) -> [Float] {
    let kernel = centredKernel(scores.map(Double.init))
    let count = scores.count
    return (0..<(masks.first?.count ?? 0)).map { cell in
      // K = 1/2 + [z = z'], [z = z'] = 2 z z' - z - z' + 1, and the rows of the centred kernel sum to 0.
      let seen = (0..<count).filter { masks[$0][cell] > 0.5 }
      let total = seen.reduce(0.0) { sum, i in seen.reduce(sum) { $0 + kernel[i * count + $1] } }
      return Float(2 * total / Double(count))
    }
  }

  /// H L H.
  private static func centredKernel(_ scores: [Double]) -> [Double] {
    let count = scores.count
    let width = median(scores)
    var kernel = [Double](repeating: 0, count: count * count)
    guard width != 0 else { return kernel }
    for i in 0..<count {
      for j in 0..<count {
        let distance = scores[i] - scores[j]
        kernel[i * count + j] = exp(-distance * distance / (2 * width * width))
      }
    }
    let means = (0..<count).map { i in
      kernel[(i * count)..<((i + 1) * count)].reduce(0, +) / Double(count)
    }
    let mean = means.reduce(0, +) / Double(count)
    for i in 0..<count { for j in 0..<count { kernel[i * count + j] += mean - means[i] - means[j] } }
    return kernel
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
