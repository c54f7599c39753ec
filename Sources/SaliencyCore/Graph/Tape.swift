internal import Synchronization

/// What happened when a graph was applied to a batch: the value of every node that was needed.
///
/// A tape says nothing about gradients. How it is read backwards is chosen afterwards, by a `RuleMap`.
public struct Tape: Sendable {
  private let record: Record

  public var graph: Graph { record.graph }
  public var batchSize: Int { record.batchSize }

  /// Applies a graph to one batch per input, as far as is needed for `outputs`.
  ///
  /// - Throws: `GraphError.badFeedCount` or `.badFeed` where the batches do not fit the inputs.
  public init(_ graph: Graph, feeding feeds: [Tensor], upTo outputs: [NodeID]) throws(GraphError) {
    try Self.check(feeds, of: graph)
    let pass = ForwardPass(graph, feeds: feeds, ForwardPlan.Request(outputs: outputs, releases: false))
    record = Record(graph, batchSize: feeds.first?.batchSize ?? 0, pass.values)
  }

  /// The values of some nodes alone, for as little memory as the graph allows: nothing is recorded.
  ///
  /// They are those of a tape, bit for bit.
  ///
  /// - Throws: `GraphError.badFeedCount` or `.badFeed` where the batches do not fit the inputs.
  static func values(
    of outputs: [NodeID], in graph: Graph, feeding feeds: [Tensor]
  ) throws(GraphError) -> [Tensor] {
    try check(feeds, of: graph)
    let pass = ForwardPass(graph, feeds: feeds, ForwardPlan.Request(outputs: outputs, releases: true))
    return outputs.map { pass.value(of: $0) }
  }

  private static func check(_ feeds: [Tensor], of graph: Graph) throws(GraphError) {
    guard feeds.count == graph.inputs.count else {
      throw .badFeedCount(found: feeds.count, wanted: graph.inputs.map { graph[$0].name })
    }
    for (id, feed) in zip(graph.inputs, feeds) {
      let node = graph[id]
      guard feed.shape.rank > 0, feed.shape.sample == node.shape, feed.batchSize == feeds[0].batchSize else {
        throw .badFeed(input: node.name, found: feed.shape, wanted: node.shape)
      }
    }
  }

  /// The value of a node, `[N]` + its shape.
  ///
  /// Values inside a chain of layers that ran as one were not stored; they are computed when they are first asked
  /// for, by the layer itself, and kept.
  public subscript(id: NodeID) -> Tensor {
    switch record.values[id.index] {
    case .stored(let value), .pooled(let value, _): return value
    case .part, .inside: return record.recomputed.value(of: id) { compute(id) }
    case nil:
      preconditionFailure(
        "node \"\(graph[id].name)\" is not on this tape: it was not needed for what was asked")
    }
  }

  private func compute(_ id: NodeID) -> Tensor {
    if case .part = record.values[id.index] { return view(id).tensor }
    let node = node(id)
    guard let layer = node.layer else { preconditionFailure("inputs are stored") }
    return layer(node.inputs.map { self[$0] })
  }

  /// The value of a node where it lies, without a copy where it is part of a concatenation.
  func view(_ id: NodeID) -> FeatureView {
    if case .part(let whole, let channel, let channels) = record.values[id.index] {
      return view(whole).channels(from: channel, count: channels)
    }
    return FeatureView(self[id])
  }

  /// Where a pooling layer found its maxima, if that was kept.
  func winners(_ id: NodeID) -> PoolWinners? {
    if case .pooled(_, let winners) = record.values[id.index] { return winners }
    return nil
  }

  /// Whether the value of a node was computed.
  public func contains(_ id: NodeID) -> Bool { record.values[id.index] != nil }

  /// One node of the tape as a step that can be read backwards; nil for an input.
  public func step(at id: NodeID) -> Step? {
    let node = node(id)
    return node.layer.map { Step(layer: $0, source: .tape(self, node)) }
  }

  func node(_ id: NodeID) -> Node { record.graph.nodes[id.index] }
}

extension Tape {
  /// What a tape holds, in one object: tapes are handed to every step of a backward pass.
  private final class Record: Sendable {
    let graph: Graph
    let batchSize: Int
    let values: [ForwardPass.Value?]
    let recomputed = RecomputedValues()

    init(_ graph: Graph, batchSize: Int, _ values: [ForwardPass.Value?]) {
      (self.graph, self.batchSize, self.values) = (graph, batchSize, values)
    }
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
