internal import Configuration
public import SaliencyCore

/// Blur integrated gradients: the gradient along a path on which the image is blurred less and less.
///
/// Attribution `[N, H, W, C]`: - sum_i dsigma · dS_c/dx(x_sigma_i) · dx_sigma/dsigma at sigma_i = i · maxSigma /
/// steps, i = 0 ..., where x_sigma is the image convolved with a Gaussian, zero outside the image, and its derivative
/// a difference of step `difference`. The values sum to f(x) - f(x_maxSigma) up to the quadrature's error, which is
/// reported as `completenessGap`.
///
/// S. Xu, S. Venugopalan, M. Sundararajan, "Attribution in Scale and Space", CVPR 2020, arXiv:2004.03383, section 3;
/// defaults of the authors' code (PAIR saliency).
///
/// Known deviations elsewhere: PAIR's `sqrt=True` gives other results for other batch sizes.
///
/// - Complexity: for each image `steps` + 1 forward and `steps` backward passes, and `steps` blurs.
public struct BlurIG: GradientMethod {
  public static let descriptor = MethodDescriptor(
    "blur-ig", title: "Blur IG", family: .gradient, paper: "Xu 2020, arXiv:2004.03383", reduction: .sum,
    isSigned: true)

  /// The number of points on the path.
  public var steps = 100
  /// The largest standard deviation of the blur, in pixels.
  public var maxSigma: Double = 50
  /// The step of the derivative by sigma.
  public var difference: Double = 0.01
  /// Whether sigma grows as the square root, so that the points are equally far apart in scale.
  public var squareRoot = false

  public init() {}

  /// Blur IG with a number of steps.
  public init(steps: Int, maxSigma: Double = 50) { (self.steps, self.maxSigma) = (steps, maxSigma) }

  public func validate() throws {
    try Self.require("steps", steps, in: 1...Self.largestCount)
    try Self.require("maxSigma", maxSigma, above: 0, atMost: 10_000, unit: "pixels")
    try Self.require("difference", difference, above: 0, atMost: 1)
  }

  public var expectedPasses: Passes { Passes(forward: steps + 1, backward: steps) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let parts = try (0..<request.inputs.batchSize).map { try integrate(request, sample: $0) }
    return Attribution(Tensor(concatenating: parts.map(\.values)), completenessGap: parts.map(\.gap))
  }

  private func integrate(_ request: AttributionRequest, sample n: Int) throws -> (values: Tensor, gap: Float)
  {
    let input = request.inputs.sample(n)
    var total = Tensor(repeating: 0, shape: input.shape)
    for chunk in MicroBatches(count: steps, of: request.model) {
      let filters = chunk.map { GaussianFilter(sigma: sigma($0), border: .zero) }
      let path = try request.with(inputs: Tensor(concatenating: filters.map { $0(input) }), explainedAs: n)
      let gradients = try path.inputGradient().0
      for (position, i) in chunk.enumerated() {
        let change = filters[position].derivative(input, step: difference)
        total += gradients.sample(position) * change * Float(sigma(i) - sigma(i + 1))
      }
    }
    let blurred = GaussianFilter(sigma: maxSigma, border: .zero)(input)
    let start = try request.scores(for: blurred, explainedAs: n)[0]
    let rise = Double(request.scores[n]) - Double(start)
    return (total, Float(abs(total.sum - rise) / max(abs(rise), .leastNormalMagnitude)))
  }

  private func sigma(_ i: Int) -> Double {
    let part = Double(i) * maxSigma / Double(steps)
    return squareRoot ? part.squareRoot() : part
  }
}
