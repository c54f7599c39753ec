internal import Configuration
public import SaliencyCore

/// Simple FullGrad: FullGrad with the gradients of biases in place of gradient times bias.
///
/// Attribution `[N, H, W, 1]`: psi(dS/dx · x) + sum_l sum_c psi(dS/dy_l)_c over all dense layers and convolutions
/// with a bias and a map, where y_l is their output before the activation and psi as in FullGrad. The terms do not
/// sum to the score.
///
/// The authors' code of S. Srinivas, F. Fleuret, NeurIPS 2019, arXiv:1905.00780, which describes it as simpler and cheaper.
///
/// - Complexity: one backward pass that saves the gradient of every layer with a bias.
public struct SimpleFullGrad: GradientMethod {
  public static let descriptor = MethodDescriptor(
    "simple-full-grad", title: "Simple FullGrad", family: .gradient, paper: "Srinivas 2019, arXiv:1905.00780",
    reduction: .sum)

  /// Whether batch normalisation is folded into the layer before it.
  public var foldNormalization = true
  /// Whether upsampling puts the corners of a feature map on the corners of the image, as the authors' code does.
  public var alignCorners = true

  public init() {}

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let nodes = nodes(of: request)
    let found = try request.pullback(to: [request.model.input] + nodes)
    var map = FullGradientMap(request.inputs.shape, alignsCorners: alignCorners)
    if let gradient = found[request.model.input] { map.add(gradient * request.inputs) }
    for node in nodes { if let gradient = found[node] { map.add(gradient) } }
    return Attribution(map.values)
  }

  /// The nodes with a bias, on the way from the input to the explained score.
  private func nodes(of request: AttributionRequest) -> [NodeID] {
    let graph = request.model.graph
    let folded = foldNormalization ? graph.foldedNormalizations() : [:]
    let outputs = Set(folded.values.map(\.output))
    let isReached = graph.ancestors(of: [request.explained])
    let isBehind = graph.descendants(of: [request.model.input])
    return graph.nodes.compactMap { node in
      guard isReached[node.id.index], isBehind[node.id.index], folded[node.id] == nil else { return nil }
      let hasBias = outputs.contains(node.id) || (node.layer as? any LinearLayer)?.bias != nil
      return hasBias || node.layer is BatchNormalization ? node.id : nil
    }
  }
}
