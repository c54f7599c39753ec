internal import Configuration
public import SaliencyCore

/// DeepLIFT (Rescale): the difference of the score from that of a baseline, passed back as differences of activations.
///
/// Attribution `[N, H, W, C]`: m · (x - x'), with multipliers m that pass each layer so that the sum is f(x) - f(x').
/// A function of one element multiplies m by its (y - y') / (x - x'); max pooling gives differences to the elements
/// they come from; a product, such as squeeze and excitation, splits its difference equally between its factors; a
/// softmax is made of these. `completenessGap` reports how far the sum is off. Several baselines are averaged, which
/// is DeepLIFT SHAP (Lundberg 2017, arXiv:1705.07874).
///
/// A. Shrikumar et al., "Learning Important Features Through Propagating Activation Differences", ICML 2017,
/// arXiv:1704.02685, sections 3.2 and 3.5.1.
///
/// Known deviations elsewhere: Captum knows modules alone, takes the plain gradient of SiLU, GELU, products and
/// functional ReLUs, loses what overlapping windows of max pooling share, and subtracts one mean over the whole batch
/// in a softmax. Its rule for max pooling is lost right behind a ReLU, whose hook reads the gradient before that of the
/// pooling has changed it (0.9.0): there its values do not sum to the difference.
///
/// - Complexity: for each baseline one forward and one backward pass.
public struct DeepLift: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "deep-lift", title: "DeepLIFT", family: .gradient, paper: "Shrikumar 2017, arXiv:1704.02685",
    reduction: .sum, isSigned: true)

  /// What the image is compared with; the mean is taken over several.
  public var baselines = [Baseline.black]
  /// A difference of inputs below which the multiplier is the derivative; Captum's.
  public var threshold: Float = 1e-10

  public init() {}

  /// DeepLIFT from some baselines.
  public init(baselines: [Baseline]) { self.baselines = baselines }

  public func validate() throws {
    try Self.require("threshold", threshold, in: 0...)
    try Self.require("baselines", baselines, !baselines.isEmpty, expected: "at least one")
  }

  public func validate(for model: Model) throws {
    let reached = model.graph.ancestors(of: [model.score])
    for node in model.graph.nodes where reached[node.id.index] {
      guard let layer = node.layer, !layer.isAffine, !DifferenceRules.know(layer) else { continue }
      throw Self.unsuitable(
        for: model, "it has no rule for \(layer.kind) (\"\(node.name)\"); use `integrated-gradients`")
    }
  }

  public var expectedPasses: Passes { Passes(forward: baselines.count, backward: baselines.count) }

  public func reach(in model: Model) -> Reach { .everything }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    try validate(for: request.model)
    let count = request.inputs.batchSize
    var total = Tensor(repeating: 0, shape: request.inputs.shape)
    var starts = [Double](repeating: 0, count: count)
    for baseline in baselines {
      let image = baseline.image(for: request.model)
      let references = try (0..<count).map { try request.with(inputs: image, explainedAs: $0) }
      let rules = DifferenceRules(references.map(\.tape), threshold: threshold).map
      let multipliers = try request.pullback(to: [request.model.input], rules: rules)[request.model.input]
      guard let multipliers else { continue }
      total += multipliers * (request.inputs - image.repeated(count))
      for n in 0..<count { starts[n] += Double(references[n].scores[0]) }
    }
    let share = 1 / Float(baselines.count)
    let values = total * share
    let gaps = (0..<count).map { n in
      let difference = Double(request.scores[n]) - starts[n] / Double(baselines.count)
      return Float(abs(values.sample(n).sum - difference) / max(abs(difference), .leastNormalMagnitude))
    }
    return Attribution(values, completenessGap: gaps)
  }
}
