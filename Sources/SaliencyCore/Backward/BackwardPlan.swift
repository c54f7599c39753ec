/// The nodes that a backward pass visits: decided from the graph and the request, never from values.
struct BackwardPlan: Sendable {
  /// What to compute of the graph.
  struct Request: Hashable, Sendable {
    /// The nodes where the pass begins, in the graph's order.
    let seeds: [NodeID]
    /// The nodes whose signals are returned.
    let targets: [NodeID]
    /// Whether the gradients of all parameters between seeds and inputs are computed.
    let ofParameters: Bool
  }

  /// The nodes that are visited, last first.
  let nodes: [Node]
  /// For each node of the graph, whether a signal there matters.
  let isOnPath: [Bool]
  /// For each node, whether its signal is returned.
  let isTarget: [Bool]
  /// For each node, how many parts its signal has.
  let parts: [Int]

  init(_ graph: Graph, _ request: Request) {
    let parametric = request.ofParameters ? graph.nodes.filter { $0.parametric != nil }.map(\.id) : []
    let isOnPath = graph.descendants(of: parametric + request.targets)
    let isReached = graph.ancestors(of: request.seeds)
    let nodes = graph.nodes.reversed().filter { isOnPath[$0.id.index] && isReached[$0.id.index] }
    var parts = [Int](repeating: 0, count: graph.nodes.count)
    for node in nodes { for source in node.inputs { parts[source.index] += 1 } }
    var isTarget = [Bool](repeating: false, count: graph.nodes.count)
    for id in request.targets { isTarget[id.index] = true }
    (self.nodes, self.isOnPath, self.parts, self.isTarget) = (nodes, isOnPath, parts, isTarget)
  }
}
