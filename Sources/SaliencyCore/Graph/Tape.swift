internal import Synchronization

/// What happened when a graph was applied to a batch: the value of every node that was needed.
///
/// A tape says nothing about gradients. How it is read backwards is chosen afterwards, by a `RuleMap`.
public struct Tape: Sendable {
  public let graph: Graph
  public let batchSize: Int
  private let values: [ForwardPass.Value?]
  let winners: [NodeID: PoolWinners]
  private let recomputed = RecomputedValues()

  /// Applies a graph to one batch per input, as far as is needed for `outputs`.
  ///
  /// - Throws: `GraphError.badFeedCount` or `.badFeed` where the batches do not fit the inputs.
  public init(_ graph: Graph, feeding feeds: [Tensor], upTo outputs: [NodeID]) throws(GraphError) {
    self.graph = graph
    let placed = try Self.place(feeds, in: graph)
    batchSize = feeds.first?.batchSize ?? 0
    let pass = ForwardPass(
      graph, feeds: placed, needed: graph.ancestors(of: outputs), keeping: outputs, releasing: false)
    values = pass.values
    winners = pass.winners
  }

  /// The values of some nodes alone, for as little memory as the graph allows: nothing is recorded.
  ///
  /// They are those of a tape, bit for bit.
  ///
  /// - Throws: `GraphError.badFeedCount` or `.badFeed` where the batches do not fit the inputs.
  static func values(
    of outputs: [NodeID], in graph: Graph, feeding feeds: [Tensor]
  ) throws(GraphError) -> [Tensor] {
    let placed = try place(feeds, in: graph)
    let pass = ForwardPass(
      graph, feeds: placed, needed: graph.ancestors(of: outputs), keeping: outputs, releasing: true)
    return outputs.map { pass.value(of: $0) }
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
  ///
  /// Values inside a chain of layers that ran as one were not stored; they are computed when they are first asked
  /// for, by the layer itself, and kept.
  public subscript(id: NodeID) -> Tensor {
    switch values[id.index] {
    case .stored(let value): return value
    case .part, .inside: return recomputed.value(of: id) { compute(id) }
    case nil:
      preconditionFailure(
        "node \"\(graph[id].name)\" is not on this tape: it was not needed for what was asked")
    }
  }

  private func compute(_ id: NodeID) -> Tensor {
    if case .part = values[id.index] { return view(id).tensor }
    let node = graph[id]
    guard let layer = node.layer else { preconditionFailure("inputs are stored") }
    return layer(node.inputs.map { self[$0] })
  }

  /// The value of a node where it lies, without a copy where it is part of a concatenation.
  func view(_ id: NodeID) -> FeatureView {
    if case .part(let whole, let channel, let channels) = values[id.index] {
      return view(whole).channels(from: channel, count: channels)
    }
    return FeatureView(self[id])
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

/// Values that a tape computed after the fact, shared by its copies.
private final class RecomputedValues: Sendable {
  private let values = Mutex<[NodeID: Tensor]>([:])

  func value(of id: NodeID, _ compute: () -> Tensor) -> Tensor {
    if let known = values.withLock({ $0[id] }) { return known }
    // Outside the lock: a value may need another one. Two threads may do the same work, with the same result.
    let new = compute()
    values.withLock { $0[id] = new }
    return new
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

  /// Where a pooling layer found its maxima, if the tape kept it.
  var winners: PoolWinners? {
    if case .tape(let tape, let node) = source { return tape.winners[node.id] }
    return nil
  }

  /// What the layer made of it, where it lies.
  var outputView: FeatureView {
    switch source {
    case .tape(let tape, let node): tape.view(node.id)
    case .values(_, let output): FeatureView(output)
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
