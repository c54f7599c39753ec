/// A method that is nothing but a rule for reading the tape backwards to the pixels.
public protocol RuleBasedMethod: SaliencyMethod {
  var rules: RuleMap { get }
}

extension RuleBasedMethod {
  public func attribution(for question: Explanation) throws -> Attribution {
    let (gradient, matches) = try question.inputGradient(rules: rules)
    return Attribution(gradient, matched: rules.entries.isEmpty ? nil : matches)
  }
}

/// A method that sums the maps of one layer with weights made from their gradients: the CAM family.
public protocol ClassActivationMethod: SaliencyMethod {
  /// The weight of each map, `[N, 1, 1, K]`, or of each element, `[N, h, w, K]`.
  func weights(activations: Tensor, gradients: Tensor) -> Tensor
}

extension ClassActivationMethod {
  public var reach: Reach { .layer }

  /// relu(sum_k w_k A_k) at the layer's resolution, `[N, h, w, 1]`.
  public func attribution(for question: Explanation) throws -> Attribution {
    let (activations, gradients) = try question.layerGradient(for: Self.descriptor.title)
    let weighted = activations.multiplied(
      broadcasting: weights(activations: activations, gradients: gradients))
    return Attribution(weighted.sumOverChannels().positivePart)
  }

  public func mismatch(with model: Model) -> String? {
    model.defaultLayer == nil
      ? MethodError.noLayer(method: Self.descriptor.title, model: model.name).description : nil
  }
}

extension Explanation {
  /// The maps of the question's layer and the gradient of the score with respect to them, both `[N, h, w, K]`.
  ///
  /// - Throws: `MethodError` where there is no such layer or it is no map; `GraphError`.
  public func layerGradient(for method: String) throws -> (activations: Tensor, gradients: Tensor) {
    guard let layer else { throw MethodError.noLayer(method: method, model: model.name) }
    let node = model.graph[layer]
    guard node.shape.rank == 3 else {
      throw MethodError.layerIsNoMap(method: method, layer: node.name, shape: node.shape)
    }
    let activations = tape[layer]
    let gradients = try pullback(to: [layer])[layer] ?? Tensor(repeating: 0, shape: activations.shape)
    return (activations, gradients)
  }
}
