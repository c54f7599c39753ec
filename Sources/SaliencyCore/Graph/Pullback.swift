/// What a backward pass found.
public struct Cotangents: Sendable {
  var atNodes: [NodeID: Tensor] = [:]
  private var ofParameters: [LayerKey: [Tensor]] = [:]
  /// How many steps each entry of the rule map decided about.
  public internal(set) var matches: [Int]
  /// The nonlinear layers that were passed.
  var nonlinear: [Node] = []

  init(entries: Int) { matches = [Int](repeating: 0, count: entries) }

  /// The nonlinear layers that were passed, by type.
  public var nonlinearities: [String: Int] {
    nonlinear.reduce(into: [:]) { counts, node in counts[node.layer?.kind ?? "", default: 0] += 1 }
  }

  /// The cotangent at a node that was asked for; nil where the score does not depend on it.
  public subscript(id: NodeID) -> Tensor? { atNodes[id] }

  /// The gradient with respect to each parameter of a node's layer, in their order, summed over all its uses.
  ///
  /// Nil where the walk did not pass the layer or parameters were not asked for.
  public func parameters(of node: Node) -> [Tensor]? { ofParameters[node.layerKey] }

  mutating func accumulate(_ parts: [Tensor], of key: LayerKey) {
    guard let present = ofParameters[key] else {
      ofParameters[key] = parts
      return
    }
    ofParameters[key] = zip(present, parts).map { $0 + $1 }
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
    for (id, seed) in seeds {
      let node = node(id)
      precondition(contains(id), "a seed at \"\(node.name)\", which was not needed for what was asked")
      // The value itself need not be there.
      let shape = node.shape.batched(batchSize)
      precondition(seed.shape == shape, "a seed of shape \(seed.shape) at a value of \(shape)")
    }
    var walk = BackwardWalk(self, seeds: seeds, targets: targets, rules: rules, ofParameters: ofParameters)
    for node in walk.plan.nodes { walk.visit(node) }
    return walk.result
  }
}

extension Cotangents {
  /// Checks that every entry of a rule map decided about at least one step.
  ///
  /// - Throws: `GraphError.ruleMatchedNothing`.
  public func requireMatches(_ rules: RuleMap) throws(GraphError) {
    for (entry, count) in zip(rules.entries, matches) where count == 0 {
      throw .ruleMatchedNothing(rule: entry.subject, nonlinearities: nonlinearities)
    }
  }
}
