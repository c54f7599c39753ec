/// The values of a graph's nodes as a forward pass leaves them.
struct ForwardPass {
  /// Where the value of a node is.
  enum Value: Sendable {
    case stored(Tensor)
    /// Channels of a concatenation's value.
    case part(of: NodeID, channel: Int, channels: Int)
    /// Inside a chain of fused layers: not stored.
    case inside
  }

  private(set) var values: [Value?]
  /// Where the maxima were found, for the pooling layers that keep it.
  private(set) var winners: [NodeID: PoolWinners] = [:]

  private let graph: Graph
  private let plan: ForwardPlan
  private let keepsWinners: Bool
  /// Concatenations of which some parts are written.
  private var unfinished: [NodeID: Tensor] = [:]

  /// - Parameters:
  ///   - feeds: The values of the inputs, by node.
  ///   - needed: Which nodes are to be computed.
  ///   - kept: The nodes whose values are wanted for certain.
  ///   - releases: Whether any other value goes as soon as its last reader has run, as where nobody will look back.
  init(_ graph: Graph, feeds: [Tensor?], needed: [Bool], keeping kept: [NodeID], releasing releases: Bool) {
    self.graph = graph
    plan = ForwardPlan(graph, needed: needed, keeping: kept)
    keepsWinners = !releases
    values = feeds.map { $0.map(Value.stored) }
    let batch = feeds.lazy.compactMap(\.self).first?.batchSize ?? 0
    let done = releases ? plan.lastUses(needed: needed, keeping: kept) : [:]
    for node in graph.nodes where needed[node.id.index] {
      if let layer = node.layer { values[node.id.index] = run(node, layer, batch) }
      for id in done[node.id] ?? [] { values[id.index] = nil }
    }
  }

  private mutating func run(_ node: Node, _ layer: any Layer, _ batch: Int) -> Value {
    if plan.isInside[node.id.index] { return .inside }
    if let chain = plan.chains[node.id.index] { return run(chain, batch) }
    let inputs = node.inputs
    if let begun = unfinished.removeValue(forKey: node.id) { return .stored(finish(begun, inputs)) }
    if keepsWinners, let pool = layer as? MaxPool2D, pool.keepsWinners {
      let input = tensor(inputs[0])
      let (maxima, winners) = Kernels.winners(input, pool.window, placement(pool.window, input.shape))
      self.winners[node.id] = winners
      return .stored(maxima)
    }
    return .stored(layer(inputs.map(tensor)))
  }

  private mutating func run(_ chain: ForwardPlan.Chain, _ batch: Int) -> Value {
    guard let layer = chain.first.layer as? any EpilogueLayer else {
      preconditionFailure("a chain begins with a layer that has an epilogue")
    }
    var epilogue = Epilogue()
    epilogue.scale = chain.norm?.channelScale
    epilogue.addend = chain.addend.map { FeatureView(tensor($0)) }
    epilogue.clamp = chain.rectifier.map { 0...max($0.maximum ?? .infinity, 0) }
    let input = tensor(chain.first.inputs[0])
    let shape = chain.last.shape.batched(batch)
    guard let place = chain.place else {
      return .stored(Tensor(shape: shape) { layer.forward(input, epilogue, into: $0) })
    }
    var whole =
      unfinished.removeValue(forKey: place.concatenation)
      ?? Tensor(shape: graph[place.concatenation].shape.batched(batch), initializing: { _ in })
    let pitch = whole.channels
    whole.withUnsafeMutableScalars {
      layer.forward(
        input, epilogue, into: FeatureTarget(start: $0.baseAddress.map { $0 + place.channel }, pitch: pitch))
    }
    unfinished[place.concatenation] = whole
    return .part(of: place.concatenation, channel: place.channel, channels: shape[shape.rank - 1])
  }

  /// Copies the parts that were not written in place.
  private func finish(_ begun: Tensor, _ inputs: [NodeID]) -> Tensor {
    var (whole, channel) = (begun, 0)
    let pitch = whole.channels
    for source in inputs {
      let shape = graph[source].shape
      let width = shape[shape.rank - 1]
      defer { channel += width }
      if case .part = values[source.index] { continue }
      let part = tensor(source)
      whole.withUnsafeMutableScalars {
        Kernels.copyRows(
          part.count / max(width, 1), width: width, from: part.start, pitch: width,
          to: $0.baseAddress.map { $0 + channel }, pitch: pitch)
      }
    }
    return whole
  }

  /// The value of a node that was kept.
  func value(of id: NodeID) -> Tensor { tensor(id) }

  private func tensor(_ id: NodeID) -> Tensor {
    guard case .stored(let value) = values[id.index] else {
      preconditionFailure("the value of \"\(graph[id].name)\" is read before it is there")
    }
    return value
  }
}
