internal import Configuration
internal import SaliencyCore

/// Input invariance: how much the attribution changes when a constant is added to the image and the model takes it away again.
///
/// |phi'(x + m) - phi(x)| / |phi(x)| in the L2 norm; phi' is the attribution of the model that first subtracts m, which
/// computes the same scores from x + m as the model from x. m is `shift` times the image's range. Noise of stochastic
/// methods is held. 0 for gradients; a method that multiplies by the input or starts from a fixed baseline changes.
///
/// P.-J. Kindermans et al., "The (Un)reliability of Saliency Methods", 2019, arXiv:1711.00867, section 2. The paper changes the first layer's bias;
/// subtraction before it is the same function for every kind of first layer and padding.
///
/// Known deviations elsewhere: Quantus adds the shift without changing the model, so that it measures the model too.
public struct InputInvariance: Metric {
  public static let descriptor = MetricDescriptor(
    "input-invariance", title: "Input invariance", category: .axioms, direction: .lower,
    paper: "Kindermans 2019, arXiv:1711.00867", needs: [.method])

  /// What is added, as a fraction of the image's range.
  public var shift: Float = 1

  public init() {}

  /// The metric with another shift.
  public init(shift: Float) { self.shift = shift }

  public func validate() throws {
    try Self.require(
      "shift", shift, shift != 0 && abs(shift) <= 100, expected: "a number from -100 to 100 other than 0")
  }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses { MetricPasses(each: map.recomputed()) }

  public func score(_ subject: Subject) throws -> Score {
    let phi = subject.attribution.values
    guard phi.norm > 0 else { throw NotApplicable("the attribution is all zero") }
    guard subject.model.graph.inputs.count == 1 else { throw NotApplicable("the model has several inputs") }
    let offset = shift * (try subject.inputRange())
    let model = try subject.model.subtracting(offset)
    let request = try subject.request(for: model, inputs: subject.input + offset)
      .holdingNoise(of: subject.request)
    let change = try subject.method.attribution(for: request).values.relativeError(to: phi)
    guard change.isFinite else { throw NotApplicable("the attribution of the shifted image is not finite") }
    return Score(change)
  }
}

extension Model {
  /// The model that subtracts a number from its input first.
  fileprivate func subtracting(_ offset: Float) throws -> Model {
    var (result, ids) = (Graph(), [NodeID]())
    var image = input
    for node in graph.nodes {
      guard let layer = node.layer else {
        image = try result.addInput(named: node.name, shape: node.shape)
        ids.append(
          try result.add(
            Rescaling(scale: [1], offset: [-offset]), named: "\(node.name) less a constant", inputs: [image]))
        continue
      }
      ids.append(
        try result.add(
          layer, named: node.name, layerName: node.layerName,
          sharing: node.isFirstUse ? nil : ids[node.layerID.firstNode.index],
          inputs: node.inputs.map { ids[$0.index] }))
    }
    var model = Model(name: name, graph: result, input: image, output: ids[output.index], labels: labels)
    model.black = black.map { $0.map { $0 + offset } }
    model.white = white.map { $0.map { $0 + offset } }
    model.batchLimit = batchLimit
    return model
  }
}
