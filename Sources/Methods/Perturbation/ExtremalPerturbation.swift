internal import Configuration
public import SaliencyCore

/// Extremal perturbation: the smooth mask of a given area through which the image scores most.
///
/// Map `[N, H, W, 1]`: the mask m (`SmoothMaximumMask`) that makes f(x seen through m) - `weight` · mean (sort(m) - r)² largest, r being `area` · HW ones
/// and otherwise zeros in order; by gradient descent with momentum 0.9 and rate 0.01 from parameters of 1/2, which stay in [0, 1].
///
/// R. Fong, M. Patrick, A. Vedaldi, "Understanding Deep Networks via Extremal Perturbations and Smooth Masks", ICCV 2019, arXiv:1910.08485, sections 3.1 to 3.3; grid of 7
/// pixels, sigma of 21 pixels. The paper blurs with sigma 20, here 10 (`fill`).
///
/// - Complexity: `steps` forward and backward passes.
public struct ExtremalPerturbation: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "extremal-perturbation", title: "Extremal perturbation", family: .perturbation,
    paper: "Fong 2019, arXiv:1910.08485", reduction: .sum)

  /// The share of the image that is seen.
  public var area = 0.1
  /// How many steps of gradient descent.
  public var steps = 800
  /// The learning rate.
  public var rate: Float = 0.01
  /// The weight of the area.
  public var weight: Float = 300
  /// The step of the grid of parameters, in pixels.
  public var cell = 7
  /// The width of a parameter's bump, in pixels.
  public var sigma = 21.0
  /// What the mask hides is replaced by.
  public var fill = PerturbationFill.blur
  /// The seed of a fill with noise.
  public var seed: UInt64 = 0

  private static let momentum: Float = 0.9

  public init() {}

  /// The mask of a given area, as a share of the image.
  public init(area: Double, steps: Int = 800, cell: Int = 7, sigma: Double = 21) {
    (self.area, self.steps, self.cell, self.sigma) = (area, steps, cell, sigma)
  }

  public func validate() throws {
    try Self.require("area", area, above: 0, atMost: 1)
    try Self.require("steps", steps, in: 1...Self.largestCount)
    try Self.require("rate", rate, above: 0)
    try Self.require("weight", weight, in: 0...)
    try Self.require("cell", cell, in: 1...Self.largestCount, unit: "pixels")
    try Self.require("sigma", sigma, above: 0, atMost: 20 * Double(cell), unit: "pixels")
  }

  public func reach(in model: Model) -> Reach { .pixels }

  public var expectedPasses: Passes { Passes(forward: steps, backward: steps) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    Attribution(
      Tensor(
        concatenating: try (0..<request.inputs.batchSize).map { n in
          try mask(ImageCopies(of: n, in: request))
        }))
  }

  private func mask(_ copies: ImageCopies) throws -> Tensor {
    let (rows, columns) = ((copies.height + cell - 1) / cell, (copies.width + cell - 1) / cell)
    let bumps = SmoothMaximumMask(rows: rows, columns: columns, sigma: sigma / Double(cell))
    let masked = MaskedImage(copies, cover: fill.image(for: copies, seed: seed))
    var parameters = [Float](repeating: 0.5, count: rows * columns)
    var optimiser = GradientDescent(rate: rate, momentum: Self.momentum, count: parameters.count)
    func enlarged() -> Tensor {
      let low = Tensor(shape: [1, rows, columns, 1], scalars: bumps.mask(parameters))
      return Resize.bilinear(low, to: (copies.height, copies.width))
    }
    for _ in 0..<steps {
      let mask = enlarged()
      let ofScore = try masked.score(mask).gradient
      let gradient = Self.areaGradient(mask, area: area).zip(ofScore) { weight * $0 - $1 }
      let low = Resize.pullback(.bilinear, of: gradient, size: (rows, columns)).scalars
      optimiser.step(&parameters, along: bumps.pullback(low, at: parameters))
      parameters = parameters.map { min(max($0, 0), 1) }
    }
    return enlarged()
  }

  /// The gradient of mean (sort(m) - r)²; equal values share the ones and zeros of their ranks.
  static func areaGradient(_ mask: Tensor, area: Double) -> Tensor {
    let values = mask.scalars
    let order = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    let seen = Int((area * Double(values.count)).rounded())
    var (result, first) = (values, 0)
    while first < order.count {
      let value = values[order[first]]
      let end = order[first...].firstIndex { values[$0] != value } ?? order.count
      let wanted = Float(min(max(seen - first, 0), end - first)) / Float(end - first)
      for pixel in order[first..<end] { result[pixel] = 2 * (value - wanted) / Float(values.count) }
      first = end
    }
    return Tensor(shape: mask.shape, scalars: result)
  }
}
