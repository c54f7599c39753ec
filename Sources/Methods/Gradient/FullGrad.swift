internal import Configuration
public import SaliencyCore

/// FullGrad: gradient times input and gradient times bias of every layer, which together are the whole score.
///
/// Attribution `[N, H, W, 1]`: psi(dS/dx · x) + sum_l sum_c psi(dS/dy_l · b_l)_c over all layers l with a map, where
/// psi is the magnitude, rescaled to [0, 1] over each layer and image and upsampled. Batch normalisation is folded
/// into the layer before it; activations other than ReLU have implicit biases. f(x) is the sum of all terms before
/// psi; `completenessGap` reports how far it is off.
///
/// S. Srinivas, F. Fleuret, "Full-Gradient Representation for Neural Network Visualization", NeurIPS 2019,
/// arXiv:1905.00780, sections 3 and 4.
///
/// Known deviations elsewhere: the authors' code takes convolution and batch normalisation as two layers
/// (`foldNormalization=false`); pytorch-grad-cam leaves out biases.
///
/// - Complexity: one backward pass that saves the gradient of every layer with a bias.
public struct FullGrad: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "full-grad", title: "FullGrad", family: .gradient, paper: "Srinivas 2019, arXiv:1905.00780",
    reduction: .sum)

  /// Whether batch normalisation is folded into the layer before it.
  public var foldNormalization = true
  /// Whether upsampling puts the corners of a feature map on the corners of the image, as the authors' code does.
  public var alignCorners = true

  public init() {}

  public func validate(for model: Model) throws {
    guard let node = FullGradient.obstacle(in: model) else { return }
    throw Self.unsuitable(
      for: model,
      "the bias of \(node.layer?.kind ?? "") (\"\(node.name)\") is not known; use `simple-full-grad`")
  }

  public func reach(in model: Model) -> Reach { FullGradient.reach(in: model) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    try validate(for: request.model)
    let gradient = try FullGradient(request, foldsNormalization: foldNormalization)
    var map = FullGradientMap(request.inputs.shape, alignsCorners: alignCorners)
    map.add(gradient.input * request.inputs)
    for term in gradient.terms { map.add(term.gradient * term.bias) }
    let gaps = (0..<request.inputs.batchSize).map { n in
      let score = Double(request.scores[n])
      return Float(
        abs(gradient.sum(for: request.inputs, sample: n) - score) / max(abs(score), .leastNormalMagnitude))
    }
    return Attribution(map.values, completenessGap: gaps)
  }
}
