internal import Configuration
public import SaliencyCore

/// Excitation backprop: the probability that a winner-take-all walk from the target passes each position of a layer.
///
/// Attribution `[N, h, w, 1]`: the sum over the channels of P at the request's layer, with P = 1 at the target and
/// P_i = sum_j x_i w⁺_ij / sum_i x_i w⁺_ij P_j at the inputs of dense layers and convolutions (the z-plus rule
/// without the bias). Sums and average pooling split P in proportion. With `contrastive`, the topmost layer passes P
/// back once by its weights and once by their negatives; what remains above 0 of the difference shows this class
/// rather than the others.
///
/// J. Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016, arXiv:1608.00507, equations 3 and
/// 4, section 3.3.
///
/// Known deviations elsewhere: zennit gives the positive part of the bias its share, as `bias` does here; TorchRay
/// normalises by the layer's own output.
///
/// - Complexity: one backward pass down to the layer, each layer twice.
public struct ExcitationBackprop: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "excitation-backprop", title: "Excitation backprop", family: .rule, paper: "Zhang 2016, arXiv:1608.00507",
    needs: "a spatial layer", reduction: .sum)

  /// Whether to subtract the probability for the negated class.
  public var contrastive = false
  /// What becomes of the share of the positive part of a bias.
  public var bias = BiasShare.ignore
  /// What is added to denominators.
  public var stabilizer: Float = 1e-6
  /// Whether batch normalisation is folded into the layer before it.
  public var foldNormalization = true

  public init() {}

  /// Excitation backprop, or its contrastive form.
  public init(contrastive: Bool) { self.contrastive = contrastive }

  public func validate() throws { try Self.require("stabilizer", stabilizer, in: 0...) }

  public func validate(for model: Model) throws {
    guard model.defaultLayer != nil else {
      throw MethodError.noLayer(method: Self.descriptor.title, model: model.name)
    }
  }

  public func reach(in model: Model) -> Reach { .everything }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let layer = try request.spatialLayer(for: Self.descriptor.title)
    var rules = PropagationRules(entries: [Composite.Entry("linear", PropagationRule(.zPlus))])
    (rules.bias, rules.stabilizer, rules.foldsNormalization) = (bias, stabilizer, foldNormalization)
    var map = try rules.map(for: request.model, method: Self.self)
    if contrastive {
      map = map.overridden { Apply(ContrastiveRule(stabilizer: stabilizer, bias: bias), to: .last) }
    }
    let found = try request.pullback(to: [layer], rules: map)
    let shape = request.model.graph[layer].shape
    let values =
      found[layer]?.sumOverChannels()
      ?? Tensor(repeating: 0, shape: [request.inputs.batchSize, shape[0], shape[1], 1])
    return Attribution(contrastive ? values.positivePart : values, matched: found.matches.reduce(0, +))
  }
}

extension AttributionRequest {
  /// The request's layer.
  ///
  /// - Throws: `MethodError` if there is none or it is no map.
  func spatialLayer(for method: String) throws(MethodError) -> NodeID {
    guard let layer else { throw .noLayer(method: method, model: model.name) }
    let node = model.graph[layer]
    guard node.shape.rank == 3 else {
      throw .layerIsNoMap(method: method, layer: node.name, shape: node.shape)
    }
    return layer
  }
}

/// The z-plus rule by a layer's weights, minus that by their negatives.
private struct ContrastiveRule: LinearRule {
  let stabilizer: Float
  let bias: BiasShare

  func relevance(_ relevance: Tensor, of layer: any LinearLayer, at step: Step) -> Tensor {
    let rule = ZPlusRule(stabilizer: stabilizer, bias: bias)
    let negated = layer.replacing(kernel: -layer.kernel, bias: layer.bias.map { -$0 })
    return rule.relevance(relevance, of: layer, at: step) - rule.relevance(relevance, of: negated, at: step)
  }
}
