/// What happened when a graph was applied to a batch: the value of every node that was needed.
///
/// A tape says nothing about gradients. How it is read backwards is chosen afterwards, by a `RuleMap`.
public struct Tape: Sendable {
  public let graph: Graph
  public let batchSize: Int
  private var values: [Tensor?]

  /// Applies a graph to one batch per input, as far as is needed for `outputs`.
  ///
  /// - Throws: `GraphError.badFeedCount` or `.badFeed` where the batches do not fit the inputs.
  public init(_ graph: Graph, feeding feeds: [Tensor], upTo outputs: [NodeID]) throws(GraphError) {
    self.graph = graph
    values = try Self.place(feeds, in: graph)
    batchSize = feeds.first?.batchSize ?? 0
    let needed = graph.ancestors(of: outputs)
    for node in graph.nodes where needed[node.id.index] {
      guard let layer = node.layer else { continue }
      values[node.id.index] = layer(node.inputs.map { self[$0] })
    }
  }

  private static func place(_ feeds: [Tensor], in graph: Graph) throws(GraphError) -> [Tensor?] {
    let inputs = graph.inputs
    guard feeds.count == inputs.count else {
      throw .badFeedCount(found: feeds.count, wanted: inputs.map { graph[$0].name })
    }
    var values = [Tensor?](repeating: nil, count: graph.nodes.count)
    for (id, feed) in zip(inputs, feeds) {
      let node = graph[id]
      guard feed.shape.rank > 0, feed.shape.sample == node.shape, feed.batchSize == feeds[0].batchSize else {
        throw .badFeed(input: node.name, found: feed.shape, wanted: node.shape)
      }
      values[id.index] = feed
    }
    return values
  }

  /// The value of a node, `[N]` + its shape.
  public subscript(id: NodeID) -> Tensor {
    guard let value = values[id.index] else {
      preconditionFailure(
        "node \"\(graph[id].name)\" is not on this tape: it was not needed for what was asked")
    }
    return value
  }

  /// Whether the value of a node was computed.
  public func contains(_ id: NodeID) -> Bool { values[id.index] != nil }

  /// One node of the tape as a step that can be read backwards; nil for an input.
  public func step(at id: NodeID) -> Step? {
    let node = graph[id]
    guard let layer = node.layer else { return nil }
    return Step(name: node.name, layer: layer, source: .tape(self, node))
  }
}

/// One layer, applied once: what a backward rule sees.
public struct Step: Sendable {
  enum Source: Sendable {
    case tape(Tape, Node)
    case values(inputs: [Tensor], output: Tensor)
  }

  public let name: String
  public let layer: any Layer
  let source: Source

  init(name: String, layer: any Layer, source: Source) {
    self.name = name
    self.layer = layer
    self.source = source
  }

  /// A layer applied to the given inputs, outside any graph.
  public init(name: String = "", applying layer: any Layer, to inputs: [Tensor]) {
    self.init(name: name, layer: layer, source: .values(inputs: inputs, output: layer(inputs)))
  }

  /// What the layer was given.
  public var inputs: [Tensor] {
    switch source {
    case .tape(let tape, let node): node.inputs.map { tape[$0] }
    case .values(let inputs, _): inputs
    }
  }

  /// The shapes of what the layer was given.
  public var inputShapes: [Shape] {
    switch source {
    case .tape(let tape, let node): node.inputs.map { tape.graph[$0].shape.batched(tape.batchSize) }
    case .values(let inputs, _): inputs.map(\.shape)
    }
  }

  /// What the layer made of it.
  public var output: Tensor {
    switch source {
    case .tape(let tape, let node): tape[node.id]
    case .values(_, let output): output
    }
  }

  /// The true gradient: the cotangent at the output, pulled back to each input.
  public func pullback(_ cotangent: Tensor) -> [Tensor] { layer.pullback(cotangent, at: self) }

  /// The same layer, applied again to changed inputs with changed parameters (LRP's modified passes).
  public func replayed(
    inputs change: (Tensor) -> Tensor = { $0 }, parameters: (Parameter) -> Tensor = { $0.value }
  ) -> Step {
    let layer = (self.layer as? any ParametricLayer)?.mapParameters(parameters) ?? self.layer
    return Step(name: name, applying: layer, to: inputs.map(change))
  }
}
