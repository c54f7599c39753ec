/// The chains of layers of a graph that run as one kernel.
struct Fusion {
  /// A chain of layers that run as one.
  struct Chain {
    let first: Node
    let layer: any EpilogueLayer
    var norm: Epilogue.ChannelScale?
    var addend: NodeID?
    var rectifier: Lowering.Rectifier?
    /// The max pooling that is the only reader of the chain's map, which is then not stored, and the map's node.
    var pool: (layer: MaxPool2D, map: Node)?
    /// The node whose value the chain computes.
    var last: Node
    /// The concatenation that takes the value, and the first of its channels there.
    var place: (concatenation: NodeID, channel: Int)?

    /// A chain reads everything at its last node.
    var reads: [NodeID] { first.inputs + [addend].compactMap(\.self) }
  }

  /// The chains by the index of their last node; a node that has none and is inside none is run by itself.
  private(set) var chains: [Chain?]
  /// Whether a node lies inside a chain, so that its value is not stored.
  private(set) var isInside: [Bool]

  private let graph: Graph
  private let readers: [[NodeID]]
  private let isKept: [Bool]
  private let poolsMaps: Bool

  /// - Parameters:
  ///   - needed: Which nodes are to be computed.
  ///   - kept: The nodes whose values are wanted.
  ///   - poolsMaps: Whether a map that only a pooling reads need not be stored.
  init(_ graph: Graph, needed: [Bool], keeping kept: [NodeID], poolsMaps: Bool) {
    self.graph = graph
    self.poolsMaps = poolsMaps
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
    for node in graph.nodes where needed[node.id.index] {
      if let layer = node.lowering.kernel { follow(node, layer) }
    }
  }

  /// The chain of which a node is the last, or the last before its pooling.
  func chain(rectifiedAt node: Node) -> Chain? {
    if let chain = chains[node.id.index], chain.last.id == node.id { return chain.pool == nil ? chain : nil }
    guard let next = onlyReader(of: node), let chain = chains[next.id.index] else { return nil }
    return chain.pool?.map.id == node.id ? chain : nil
  }

  /// A number for each concatenation that a chain writes into.
  func numberedJoins() -> [NodeID: Int] {
    var numbers: [NodeID: Int] = [:]
    for case let place? in chains.map({ $0?.place }) where numbers[place.concatenation] == nil {
      numbers[place.concatenation] = numbers.count
    }
    return numbers
  }

  /// The only reader of a value that need not be stored.
  private func onlyReader(of node: Node) -> Node? {
    guard !isKept[node.id.index], readers[node.id.index].count == 1 else { return nil }
    return graph[readers[node.id.index][0]]
  }

  private mutating func follow(_ first: Node, _ layer: any EpilogueLayer) {
    var chain = Chain(first: first, layer: layer, last: first)
    if let next = onlyReader(of: chain.last), let norm = next.lowering.channelScale {
      chain.norm = norm
      advance(&chain, to: next)
    }
    if let next = onlyReader(of: chain.last), chains[next.id.index] == nil,
      let other = addend(of: chain, in: next)
    {
      chain.addend = other
      advance(&chain, to: next)
    }
    if let next = onlyReader(of: chain.last), let rectifier = next.lowering.rectifier {
      chain.rectifier = rectifier
      advance(&chain, to: next)
    }
    if poolsMaps, let next = onlyReader(of: chain.last), let pool = next.lowering.maxPooling,
      let convolution = layer as? Conv2D,
      convolution.canPool(by: pool.window, on: graph[first.inputs[0]].shape.batched(1))
    {
      chain.pool = (pool, chain.last)
      advance(&chain, to: next)
    }
    chain.place = place(of: chain)
    chains[chain.last.id.index] = chain
  }

  private mutating func advance(_ chain: inout Chain, to next: Node) {
    isInside[chain.last.id.index] = true
    // Taken now, so that of two chains that meet in a sum only one includes it.
    chains[next.id.index] = chain
    chain.last = next
  }

  /// The other operand where `node` adds one value to the chain's.
  private func addend(of chain: Chain, in node: Node) -> NodeID? {
    guard node.lowering.isSum, node.inputs.count == 2 else { return nil }
    let other = node.inputs[0] == chain.last.id ? node.inputs[1] : node.inputs[0]
    return graph[other].shape == chain.last.shape ? other : nil
  }

  private func place(of chain: Chain) -> (NodeID, Int)? {
    guard chain.layer.writesIntoWiderTargets, chain.pool == nil, let next = onlyReader(of: chain.last),
      next.lowering.joinsChannels
    else { return nil }
    var channel = 0
    for source in next.inputs {
      if source == chain.last.id { return (next.id, channel) }
      channel += graph[source].shape[graph[source].shape.rank - 1]
    }
    return nil
  }
}
