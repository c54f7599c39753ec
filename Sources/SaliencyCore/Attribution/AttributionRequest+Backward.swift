extension AttributionRequest {
  /// A backward pass from the explained scores: the signals at the given nodes.
  ///
  /// - Parameters:
  ///   - nodes: The nodes whose signals are returned; the backward pass stops there.
  ///   - rules: How to pass each layer.
  ///   - seed: The signal at the explained node, of the shape of its value; by default the derivative of each image's score.
  /// - Throws: `GraphError.ruleMatchedNothing` if the rules, or a required one, found no layer to apply to; `RuleError` if a
  ///   rule returned no signal at a layer's inputs; what a rule throws.
  public func pullback(
    to nodes: [NodeID], rules: RuleMap = .gradient, seed: Tensor? = nil
  ) throws -> BackwardResult {
    // The first backward pass decides what is saved: what it reads itself, and what a gradient at the pixels reads, which
    // often follows.
    let need = need(of: nodes, rules)
    let tape = shared.tape(saving: need, atFirst: min(reach, .pixels), meter)
    let found = try tape.pullback([explained: seed ?? derivative(on: tape)], to: nodes, rules: rules)
    meter.add(backward: inputs.batchSize)
    try found.requireMatches(rules)
    return found
  }

  /// The gradient of each image's score with respect to its pixels (zero if it does not depend on them).
  public func inputGradient(rules: RuleMap = .gradient) throws -> (Tensor, matches: Int) {
    let found = try pullback(to: [model.input], rules: rules)
    return (found[model.input] ?? Tensor(repeating: 0, shape: inputs.shape), found.matches.reduce(0, +))
  }

  /// What a backward pass to some nodes reads of the forward pass.
  private func need(of nodes: [NodeID], _ rules: RuleMap) -> Reach {
    if rules.reads == .values { return .values }
    if nodes == [model.input] { return .pixels }
    if nodes.map(Optional.some) == [layer] { return .layer }
    let graph = model.graph
    let (isOnPath, isReached) = (graph.descendants(of: nodes), graph.ancestors(of: [explained]))
    let isSaved = graph.descendants(of: layer.map { [$0] } ?? [])
    // What affine layers pass back depends on no activation.
    let readsMore = graph.nodes.contains { node in
      let index = node.id.index
      return isOnPath[index] && isReached[index] && !isSaved[index] && !node.isAffine
        && !nodes.contains(node.id)
    }
    return readsMore ? .pixels : .layer
  }

  /// The derivative of each image's score with respect to the explained node: 1 at the class for a plain target.
  private func derivative(on tape: Tape) -> Tensor {
    let shape = model.graph[explained].shape.batched(inputs.batchSize)
    let width = shape.sample.count
    // A weighted sum has the same derivative everywhere; the values are read for the others only.
    let values = targets.allSatisfy(\.isLinear) ? nil : tape[explained]
    var seed = Tensor(repeating: 0, shape: shape)
    seed.withUnsafeMutableScalars { seed in
      for (n, target) in targets.enumerated() {
        let row = (n * width)..<((n + 1) * width)
        let part = UnsafeMutableBufferPointer(rebasing: seed[row])
        guard let values else {
          target.writeDerivative(at: UnsafeBufferPointer(start: nil, count: 0), to: part)
          continue
        }
        values.withUnsafeScalars {
          target.writeDerivative(at: UnsafeBufferPointer(rebasing: $0[row]), to: part)
        }
      }
    }
    return seed
  }
}
