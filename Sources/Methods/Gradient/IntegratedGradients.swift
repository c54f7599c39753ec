internal import Configuration
public import SaliencyCore

/// Integrated gradients: the mean gradient on the path from a baseline, times the difference from it.
///
/// Attribution `[N, H, W, C]`: (x - x') · (1/m) sum_j dS_c/dx at x' + (j - 1/2)/m (x - x'), the midpoint rule, from a black
/// image x' by default. The values sum to f(x) - f(x') up to the quadrature's error, which is reported for each
/// image as `completenessGap`. The map is the sum over the channels, so that it keeps that sum.
///
/// M. Sundararajan, A. Taly, Q. Yan, "Axiomatic Attribution for Deep Networks", ICML 2017, arXiv:1703.01365.
///
/// Known deviations elsewhere (`quadrature`): Captum takes Gauss-Legendre by default, and its trapezoid weights sum to 1 - 1/n; PAIR and
/// tf-explain take an inclusive mean, xplique trapezoids, zennit the ends of the steps. tf-explain leaves out the factor (x - x')
/// (`multiply=false`; there is no completeness then).
///
/// - Complexity: for each image `steps` + 1 forward passes (one of the baseline, for the gap) and `steps` backward passes.
public struct IntegratedGradients: GradientMethod {
  public static let descriptor = MethodDescriptor(
    "integrated-gradients", title: "Integrated gradients", family: .gradient,
    paper: "Sundararajan 2017, arXiv:1703.01365", reduction: .sum, isSigned: true)

  /// The number of points on the path.
  public var steps = 50
  /// Where the path begins.
  public var baseline = Baseline.black
  /// Where and with which weights the path is sampled.
  public var quadrature = Quadrature.midpoint
  /// Whether the mean gradient is multiplied by the difference from the baseline.
  public var multiply = true

  public static let addedParameters: Set<String> = ["quadrature", "multiply"]

  public init() {}

  public init(steps: Int, baseline: Baseline = .black, quadrature: Quadrature = .midpoint) {
    self.steps = steps
    self.baseline = baseline
    self.quadrature = quadrature
  }

  public func validate() throws {
    try Self.require("steps", steps, in: 1...Self.largestCount)
    if case .constant(let value) = baseline {
      try Self.require(
        "baseline", value, value.isFinite,
        expected: "black or a number of at most \(Float.greatestFiniteMagnitude)")
    }
  }

  public var expectedPasses: Passes { Passes(forward: steps + (multiply ? 1 : 0), backward: steps) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let parts = try (0..<request.inputs.batchSize).map { n in
      try integrate(request, sample: n)
    }
    let gaps = parts.compactMap(\.gap)
    return Attribution(
      Tensor(concatenating: parts.map(\.values)), completenessGap: multiply ? gaps : nil)
  }

  private func integrate(
    _ request: AttributionRequest, sample n: Int
  ) throws -> (values: Tensor, gap: Float?) {
    let input = request.inputs.sample(n)
    let origin = baseline.image(for: request.model)
    let difference = input - origin
    var total = Tensor(repeating: 0, shape: input.shape)
    let nodes = quadrature.nodes(steps)
    for chunk in MicroBatches(count: steps, of: request.model) {
      let points = chunk.map { difference * nodes[$0].position + origin }
      let path = try request.with(inputs: Tensor(concatenating: points), explainedAs: n)
      let gradients = try path.inputGradient().0
      for (i, j) in chunk.enumerated() { total += gradients.sample(i) * nodes[j].weight }
    }
    guard multiply else { return (total * (1 / Float(steps)), nil) }
    let values = total * difference * (1 / Float(steps))
    return (values, try gap(values, from: origin, request, sample: n))
  }

  private func gap(
    _ values: Tensor, from origin: Tensor, _ request: AttributionRequest, sample n: Int
  ) throws -> Float {
    let start = try request.scores(for: origin, explainedAs: n)[0]
    let difference = Double(request.scores[n]) - Double(start)
    return Float(abs(values.sum - difference) / max(abs(difference), .leastNormalMagnitude))
  }
}
