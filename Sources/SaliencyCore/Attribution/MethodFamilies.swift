/// A method that reads the network through gradients at the pixels, or through rules that read the signal alone.
///
/// Conforming to it saves memory: values that gradients do not read are not saved for it.
public protocol GradientMethod: SaliencyMethod {}

extension GradientMethod {
  public func reach(in model: Model) -> Reach { .pixels }
}

/// A method that is nothing but rules for the backward pass to the pixels.
public protocol RuleBasedMethod: SaliencyMethod {
  /// How each layer of a model passes the signal back.
  ///
  /// - Throws: What makes the method inapplicable to the model.
  func rules(for model: Model) throws -> RuleMap
}

extension RuleBasedMethod {
  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let rules = try rules(for: request.model)
    let (gradient, matches) = try request.inputGradient(rules: rules)
    return Attribution(gradient, matched: rules.entries.isEmpty ? nil : matches)
  }

  /// What the rules read.
  public func reach(in model: Model) -> Reach {
    (try? rules(for: model)).map { Reach($0.reads) } ?? .values
  }
}

/// A method that sums the maps of one layer with weights made from their gradients: the CAM family.
public protocol ClassActivationMethod: SaliencyMethod {
  /// The weight of each map, `[N, 1, 1, K]`, or of each element, `[N, h, w, K]`.
  func weights(activations: Tensor, gradients: Tensor) -> Tensor

  /// Whether negative values of the map become 0; true unless the method declares otherwise.
  var relu: Bool { get }
}

extension ClassActivationMethod {
  public var relu: Bool { true }

  public func reach(in model: Model) -> Reach { .layer }

  /// relu(sum_k w_k A_k) at the layer's resolution, `[N, h, w, 1]`; without the ReLU if the method has none.
  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let (activations, gradients) = try request.layerGradient(for: Self.descriptor.title)
    let weighted = activations.multiplied(
      broadcasting: weights(activations: activations, gradients: gradients))
    let sum = weighted.sumOverChannels()
    return Attribution(relu ? sum.positivePart : sum)
  }

  public func validate(for model: Model) throws {
    guard model.defaultLayer != nil else {
      throw MethodError.noLayer(method: Self.descriptor.title, model: model.name)
    }
  }
}

extension AttributionRequest {
  /// The maps of the request's layer and the gradient of the score with respect to them, both `[N, h, w, K]`.
  ///
  /// - Throws: `MethodError` if there is no such layer or it is no map; `GraphError`.
  public func layerGradient(for method: String) throws -> (activations: Tensor, gradients: Tensor) {
    guard let layer else { throw MethodError.noLayer(method: method, model: model.name) }
    let node = model.graph[layer]
    guard node.shape.rank == 3 else {
      throw MethodError.layerIsNoMap(method: method, layer: node.name, shape: node.shape)
    }
    let gradients = try pullback(to: [layer])[layer]
    let activations = activations(at: layer)
    return (activations, gradients ?? Tensor(repeating: 0, shape: activations.shape))
  }
}
