/// What a backward pass found.
public struct Cotangents: Sendable {
  private(set) var atNodes: [NodeID: Tensor] = [:]
  private var ofParameters: [LayerKey: [Tensor]] = [:]
  /// How many steps each entry of the rule map decided about.
  public fileprivate(set) var matches: [Int]
  /// The nonlinear layers that were passed, by type.
  public fileprivate(set) var nonlinearities: [String: Int] = [:]

  fileprivate init(entries: Int) { matches = [Int](repeating: 0, count: entries) }

  /// The cotangent at a node that was asked for; nil where the score does not depend on it.
  public subscript(id: NodeID) -> Tensor? { atNodes[id] }

  fileprivate mutating func accumulate(_ part: Tensor, at id: NodeID) {
    if atNodes[id] != nil { atNodes[id]? += part } else { atNodes[id] = part }
  }

  /// The gradient with respect to each parameter of a node's layer, in their order, summed over all its uses.
  ///
  /// Nil where the walk did not pass the layer or parameters were not asked for.
  public func parameters(of node: Node) -> [Tensor]? { ofParameters[node.layerKey] }

  fileprivate mutating func accumulate(_ parts: [Tensor], of key: LayerKey) {
    guard let present = ofParameters[key] else {
      ofParameters[key] = parts
      return
    }
    ofParameters[key] = zip(present, parts).map { $0 + $1 }
  }

  fileprivate mutating func take(_ id: NodeID, keep: Bool) -> Tensor? {
    keep ? atNodes[id] : atNodes.removeValue(forKey: id)
  }
}

extension Tape {
  /// Reads the tape backwards from `seeds` to `targets`: the whole of backpropagation, for every method.
  ///
  /// Each step is propagated by its rule, or by the layer's own pullback where no rule matches. The walk visits
  /// only the nodes between the seeds and the targets.
  ///
  /// - Parameters:
  ///   - seeds: The cotangents to start from, each of the shape of its node's value.
  ///   - targets: The nodes whose cotangents are wanted.
  ///   - rules: How to pass each layer.
  ///   - ofParameters: Whether to gather the gradients of the parameters on the way, of every layer between the
  ///     seeds and the inputs.
  /// - Complexity: one backward pass over the part of the graph between seeds and targets.
  public func pullback(
    _ seeds: [NodeID: Tensor], to targets: [NodeID], rules: RuleMap = .gradient, ofParameters: Bool = false
  ) -> Cotangents {
    var found = Cotangents(entries: rules.entries.count)
    for (id, seed) in seeds {
      precondition(
        seed.shape == self[id].shape, "a seed of shape \(seed.shape) at a value of \(self[id].shape)")
      found.accumulate(seed, at: id)
    }
    let wanted = Set(targets)
    let onPath = graph.descendants(of: ofParameters ? parametricNodes + targets : targets)
    for node in graph.nodes.reversed() where onPath[node.id.index] {
      guard let signal = found.take(node.id, keep: wanted.contains(node.id)) else { continue }
      guard let step = step(at: node.id) else { continue }
      if ofParameters, let layer = node.layer as? any ParametricLayer {
        found.accumulate(layer.parameterPullback(signal, at: step), of: node.layerKey)
      }
      guard node.inputs.contains(where: { onPath[$0.index] }) else { continue }
      let parts = found.propagate(signal, through: step, rules: rules)
      for (source, part) in zip(node.inputs, parts) where onPath[source.index] {
        found.accumulate(part, at: source)
      }
    }
    return found
  }

  private var parametricNodes: [NodeID] {
    graph.nodes.filter { $0.layer is any ParametricLayer }.map(\.id)
  }
}

extension Cotangents {
  fileprivate mutating func propagate(_ signal: Tensor, through step: Step, rules: RuleMap) -> [Tensor] {
    if !step.layer.isAffine { nonlinearities[step.layer.kind, default: 0] += 1 }
    guard let index = rules.index(for: step) else { return step.pullback(signal) }
    matches[index] += 1
    return rules.entries[index].rule.propagate(signal, through: step)
  }

  /// Checks that every entry of a rule map decided about at least one step.
  ///
  /// - Throws: `GraphError.ruleMatchedNothing`.
  public func requireMatches(_ rules: RuleMap) throws(GraphError) {
    for (entry, count) in zip(rules.entries, matches) where count == 0 {
      throw .ruleMatchedNothing(rule: entry.subject, nonlinearities: nonlinearities)
    }
  }
}
