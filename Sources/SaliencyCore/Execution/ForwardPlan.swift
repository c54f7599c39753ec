/// Which layers of a graph run together: decided from the graph and what is asked of it, never from values.
///
/// A convolution (or another `EpilogueLayer`) takes the batch normalisation, the sum, and the rectifier after it into
/// its epilogue, as far as nobody else reads what lies between, and writes into its place in a concatenation where
/// that is its only reader. What lies between is not stored; the tape computes it again where it is asked for.
struct ForwardPlan {
  /// A chain of layers that run as one.
  struct Chain {
    let first: Node
    var norm: BatchNormalization?
    var addend: NodeID?
    var rectifier: ReLU?
    /// The node whose value the chain computes.
    var last: Node
    /// The concatenation that takes the value, and the first of its channels there.
    var place: (concatenation: NodeID, channel: Int)?
  }

  /// The chains by the index of their last node; nodes without one, and not inside one, run by themselves.
  private(set) var chains: [Chain?]
  /// Whether a node's value is not stored because it lies inside a chain.
  private(set) var isInside: [Bool]

  private let graph: Graph
  private let readers: [[NodeID]]
  private let isKept: [Bool]

  /// - Parameters:
  ///   - needed: Which nodes are to be computed.
  ///   - kept: The nodes whose values are wanted for certain.
  init(_ graph: Graph, needed: [Bool], keeping kept: [NodeID]) {
    self.graph = graph
    var readers = [[NodeID]](repeating: [], count: graph.nodes.count)
    for node in graph.nodes where needed[node.id.index] {
      for source in node.inputs { readers[source.index].append(node.id) }
    }
    self.readers = readers
    var isKept = [Bool](repeating: false, count: graph.nodes.count)
    for id in kept { isKept[id.index] = true }
    self.isKept = isKept
    chains = Array(repeating: nil, count: graph.nodes.count)
    isInside = Array(repeating: false, count: graph.nodes.count)
    for node in graph.nodes where needed[node.id.index] && node.layer is any EpilogueLayer { follow(node) }
  }

  /// The only node that reads a value which need not be stored.
  private func onlyReader(of node: Node) -> Node? {
    guard !isKept[node.id.index], readers[node.id.index].count == 1 else { return nil }
    return graph[readers[node.id.index][0]]
  }

  private mutating func follow(_ first: Node) {
    var chain = Chain(first: first, last: first)
    if let next = onlyReader(of: chain.last), let norm = next.layer as? BatchNormalization {
      chain.norm = norm
      advance(&chain, to: next)
    }
    if let next = onlyReader(of: chain.last), chains[next.id.index] == nil,
      let other = addend(of: chain, in: next)
    {
      chain.addend = other
      advance(&chain, to: next)
    }
    if let next = onlyReader(of: chain.last), let rectifier = next.layer as? ReLU, rectifier.threshold == 0 {
      chain.rectifier = rectifier
      advance(&chain, to: next)
    }
    chain.place = place(of: chain)
    chains[chain.last.id.index] = chain
  }

  private mutating func advance(_ chain: inout Chain, to next: Node) {
    isInside[chain.last.id.index] = true
    // Claimed now, so that of two chains that meet in a sum only one takes it in.
    chains[next.id.index] = chain
    chain.last = next
  }

  /// The other operand where `node` adds one value to the chain's.
  private func addend(of chain: Chain, in node: Node) -> NodeID? {
    guard let merge = node.layer as? Merge, merge.operation == .add, node.inputs.count == 2 else {
      return nil
    }
    let other = node.inputs[0] == chain.last.id ? node.inputs[1] : node.inputs[0]
    return graph[other].shape == chain.last.shape ? other : nil
  }

  private func place(of chain: Chain) -> (NodeID, Int)? {
    guard let layer = chain.first.layer as? any EpilogueLayer, layer.writesIntoWiderTargets,
      let next = onlyReader(of: chain.last), (next.layer as? Concatenate)?.axis == -1
    else { return nil }
    var channel = 0
    for source in next.inputs {
      if source == chain.last.id { return (next.id, channel) }
      channel += graph[source].shape[graph[source].shape.rank - 1]
    }
    return nil
  }
}

extension ForwardPlan {
  /// For each node, the values that nobody reads once it has run.
  ///
  /// A chain reads at its last node; a part of a concatenation lies in the concatenation's value and is not released.
  func lastUses(needed: [Bool], keeping kept: [NodeID]) -> [NodeID: [NodeID]] {
    var last: [NodeID: NodeID] = [:]
    func read(_ source: NodeID, at reader: NodeID) { last[source] = max(last[source] ?? reader, reader) }
    for node in graph.nodes where needed[node.id.index] && !isInside[node.id.index] {
      let chain = chains[node.id.index]
      let sources = chain.map { $0.first.inputs + [$0.addend].compactMap(\.self) } ?? node.inputs
      for source in sources { read(source, at: node.id) }
    }
    for id in kept { last[id] = nil }
    var released: [NodeID: [NodeID]] = [:]
    for (source, reader) in last where chains[source.index]?.place == nil {
      released[reader, default: []].append(source)
    }
    return released
  }
}
