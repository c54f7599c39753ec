internal import Configuration
internal import Foundation
public import SaliencyCore

/// Meaningful perturbation: the smallest smooth mask that, blurred out of the image, takes the score away.
///
/// Map `[N, H, W, 1]`: 1 - m, m in [0, 1] on a grid of one cell for `cell` x `cell` pixels, enlarged bilinearly; m makes
/// `sparsity` · sum (1 - m) + `smoothness` · sum |grad m|^3 + s(m) smallest, s(m) = (f(x seen through m) - f(cover)) / (f(x) - f(cover)); by Adam from
/// m = 1, with a random shift of the image of up to `jitter` pixels at each step.
///
/// R. Fong, A. Vedaldi, "Interpretable Explanations of Black Boxes by Meaningful Perturbation", ICCV 2017, arXiv:1704.03296, equation 6 and section 4.3.
/// For a probability near 1 that the cover takes away, s is the paper's f; the quotient is for scores of any scale. The paper starts from a disc.
///
/// - Complexity: `steps` forward and backward passes, and one forward pass of the cover.
public struct MeaningfulPerturbation: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "meaningful-perturbation", title: "Meaningful perturbation", family: .perturbation,
    paper: "Fong 2017, arXiv:1704.03296", reduction: .sum)

  /// How many steps of Adam.
  public var steps = 300
  /// Adam's learning rate.
  public var rate: Float = 0.1
  /// The side of a cell of the mask, in pixels.
  public var cell = 8
  /// The weight of the mask's size.
  public var sparsity: Float = 1e-4
  /// The weight of the mask's variation.
  public var smoothness: Float = 1e-2
  /// The most by which the image is shifted, in pixels.
  public var jitter = 4
  /// What the mask hides is replaced by.
  public var fill = PerturbationFill.blur
  /// The seed of the shifts.
  public var seed: UInt64 = 0

  public init() {}

  public init(steps: Int, cell: Int = 8, jitter: Int = 4) {
    (self.steps, self.cell, self.jitter) = (steps, cell, jitter)
  }

  public func validate() throws {
    try Self.require("steps", steps, in: 1...Self.largestCount)
    try Self.require("rate", rate, above: 0)
    try Self.require("cell", cell, in: 1...Self.largestCount, unit: "pixels")
    try Self.require("sparsity", sparsity, in: 0...)
    try Self.require("smoothness", smoothness, in: 0...)
    try Self.require("jitter", jitter, in: 0...1000, unit: "pixels")
  }

  public func reach(in model: Model) -> Reach { .pixels }

  public var expectedPasses: Passes { Passes(forward: steps + 1, backward: steps) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    Attribution(
      Tensor(
        concatenating: try (0..<request.inputs.batchSize).map { n in
          let copies = try ImageCopies(of: n, in: request)
          let mask = try mask(copies)
          return Resize.bilinear(mask, to: (copies.height, copies.width)).map { 1 - $0 }
        }))
  }

  private func mask(_ copies: ImageCopies) throws -> Tensor {
    let shape: Shape = [1, (copies.height + cell - 1) / cell, (copies.width + cell - 1) / cell, 1]
    let masked = MaskedImage(copies, cover: fill.image(for: copies, seed: seed))
    let covered = try copies.request.scores(for: masked.cover, explainedAs: copies.sample)[0]
    let range = copies.score - covered
    var cells = [Float](repeating: 1, count: shape.count)
    var optimiser = Adam(rate: rate, count: cells.count)
    for step in 0..<steps {
      let mask = Tensor(shape: shape, scalars: cells)
      let enlarged = Resize.bilinear(mask, to: (copies.height, copies.width))
      let gradient = try masked.score(enlarged, shift: shift(copies.random(seed: seed, step))).gradient
      let low = Resize.pullback(.bilinear, of: gradient, size: (shape[1], shape[2])).scalars
      let variation = Self.variationGradient(mask)
      let scale = range == 0 ? 0 : 1 / range
      optimiser.step(
        &cells, along: zip(low, variation).map { $0 * scale - sparsity + smoothness * $1 })
      cells = cells.map { min(max($0, 0), 1) }
    }
    return Tensor(shape: shape, scalars: cells)
  }

  private func shift(_ random: CounterRandom) -> (rows: Int, columns: Int) {
    (
      random.integer(below: 2 * jitter + 1, at: 0) - jitter,
      random.integer(below: 2 * jitter + 1, at: 1) - jitter
    )
  }

  /// The gradient of sum |m_p - m_q|^3 over neighbours p, q.
  static func variationGradient(_ mask: Tensor) -> [Float] {
    let (height, width) = (mask.shape[1], mask.shape[2])
    var result = [Float](repeating: 0, count: mask.count)
    func add(_ p: Int, _ q: Int) {
      let difference = mask[p] - mask[q]
      let slope = 3 * difference * abs(difference)
      result[p] += slope
      result[q] -= slope
    }
    for y in 0..<height {
      for x in 0..<width {
        if y > 0 { add(y * width + x, (y - 1) * width + x) }
        if x > 0 { add(y * width + x, y * width + x - 1) }
      }
    }
    return result
  }
}
