/// The result of a backward pass: signals at nodes, and gradients of parameters.
public struct BackwardResult: Sendable {
  var atNodes: [NodeID: Tensor] = [:]
  private var ofParameters: [LayerID: [Tensor]] = [:]
  /// How many steps each entry of the rule map decided about.
  public private(set) var matches: [Int]
  /// The nonlinear layers that were passed.
  private var nonlinear: [Node] = []

  init(entries: Int) { matches = [Int](repeating: 0, count: entries) }

  /// The nonlinear layers that were passed, by type.
  public var nonlinearities: [String: Int] {
    nonlinear.reduce(into: [:]) { counts, node in counts[node.layer?.kind ?? "", default: 0] += 1 }
  }

  /// The signal at a target of the pass, a gradient if no rule was applied; nil if the seeds do not depend on the node.
  public subscript(id: NodeID) -> Tensor? { atNodes[id] }

  /// The gradient with respect to each parameter of a node's layer, in their order, summed over all its uses.
  ///
  /// Nil if the pass did not visit the layer or computed no gradients of parameters.
  public func parameters(of node: Node) -> [Tensor]? { ofParameters[node.layerID] }

  mutating func accumulate(_ parts: [Tensor], of layer: LayerID) {
    guard let present = ofParameters[layer] else {
      ofParameters[layer] = parts
      return
    }
    ofParameters[layer] = zip(present, parts).map { $0 + $1 }
  }

  /// Counts a node that was passed by an entry of the rule map, or by its true gradient.
  mutating func count(_ node: Node, by entry: Int?) {
    if !node.isAffine { nonlinear.append(node) }
    if let entry { matches[entry] += 1 }
  }
}

extension Tape {
  /// A backward pass from `seeds` to `targets`: the backpropagation of every method.
  ///
  /// Each step is propagated by its rule, or by the layer's own pullback if no rule selects it. The walk visits
  /// only the nodes between the seeds and the targets.
  ///
  /// - Parameters:
  ///   - seeds: The signals to start from, each of the shape of its node's value.
  ///   - targets: The nodes whose signals are returned.
  ///   - rules: How to pass each layer.
  ///   - ofParameters: Whether to compute the gradients of the parameters of every layer between the seeds and the inputs.
  /// - Throws: `RuleError` if a rule or a layer's pullback returns the wrong number of signals or one of the wrong
  ///   shape; what a rule throws.
  /// - Complexity: one backward pass over the part of the graph between seeds and targets.
  public func pullback(
    _ seeds: [NodeID: Tensor], to targets: [NodeID], rules: RuleMap = .gradient, ofParameters: Bool = false
  ) throws -> BackwardResult {
    for (id, seed) in seeds {
      let node = node(id)
      precondition(contains(id), "a seed at \"\(node.name)\", which this tape did not compute")
      // The value itself need not be there.
      let shape = node.shape.batched(batchSize)
      precondition(seed.shape == shape, "a seed of shape \(seed.shape) at a value of \(shape)")
    }
    let request = BackwardPlan.Request(
      seeds: seeds.keys.sorted(), targets: targets, ofParameters: ofParameters)
    if Execution.fusesLayers {
      var walk = FusedBackwardWalk(self, seeds: seeds, rules: rules, request: request)
      return try walk.run()
    }
    var walk = BackwardWalk(self, seeds: seeds, rules: rules, request: request)
    return try walk.run()
  }
}

extension BackwardResult {
  /// Checks that a rule map changed something: every required entry was applied, and of a map with entries at least one.
  ///
  /// Otherwise the result would be the plain gradient under another name.
  /// - Throws: `GraphError.ruleMatchedNothing`.
  public func requireMatches(_ rules: RuleMap) throws(GraphError) {
    for (entry, count) in zip(rules.entries, matches) where entry.isRequired && count == 0 {
      throw .ruleMatchedNothing(rule: entry.subject, nonlinearities: nonlinearities)
    }
    if !rules.entries.isEmpty, matches.allSatisfy({ $0 == 0 }) {
      let subjects = rules.entries.map(\.subject).joined(separator: ", ")
      throw .ruleMatchedNothing(rule: subjects, nonlinearities: nonlinearities)
    }
  }
}
