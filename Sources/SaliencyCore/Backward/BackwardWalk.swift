/// A backward pass, layer by layer.
struct BackwardWalk {
  private let tape: Tape
  private let plan: BackwardPlan
  private let rules: ResolvedRules
  private let computesParameterGradients: Bool
  /// The sum of the signals that have arrived at each node.
  private var signals: [Tensor?]
  private var found: BackwardResult

  init(_ tape: Tape, seeds: [NodeID: Tensor], rules: RuleMap, request: BackwardPlan.Request) {
    self.tape = tape
    plan = BackwardPlan(tape.graph, request)
    self.rules = ResolvedRules(rules, for: plan.nodes, of: tape.graph)
    computesParameterGradients = request.ofParameters
    signals = Array(repeating: nil, count: tape.graph.nodes.count)
    for (id, seed) in seeds { signals[id.index] = seed }
    found = BackwardResult(entries: rules.entries.count)
  }

  /// Visits the nodes between the seeds and the targets, last first.
  mutating func run() throws -> BackwardResult {
    for node in plan.nodes { try visit(node) }
    for index in signals.indices where plan.isTarget[index] {
      found.atNodes[NodeID(index: index)] = signals[index]
    }
    return found
  }

  /// Passes the signal at a node on to its inputs.
  private mutating func visit(_ node: Node) throws {
    let index = node.id.index
    guard let signal = signals[index], let step = tape.step(at: node.id) else { return }
    if !plan.isTarget[index] { signals[index] = nil }
    if computesParameterGradients, let layer = node.parametric {
      found.accumulate(layer.parameterPullback(signal, at: step), of: node.layerID)
    }
    guard node.inputs.contains(where: { plan.isOnPath[$0.index] }) else { return }
    found.count(node, by: rules.entry(for: node))
    let parts = try rules.propagate(signal, through: step, of: node)
    for (source, part) in zip(node.inputs, parts) where plan.isOnPath[source.index] {
      signals[source.index] = signals[source.index].map { $0 + part } ?? part
    }
  }
}
