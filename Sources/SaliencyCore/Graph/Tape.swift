internal import Synchronization

/// What happened when a graph was applied to a batch.
///
/// The value of every node that was needed, or, where it is known how far back anybody will look, what that takes.
///
/// A tape says nothing about gradients. How it is read backwards is chosen afterwards, by a `RuleMap`.
public struct Tape: Sendable {
  private let record: Record

  public var graph: Graph { record.graph }
  public var batchSize: Int { record.feeds.first?.batchSize ?? 0 }

  /// Applies a graph to one batch per input, as far as is needed for `outputs`.
  ///
  /// - Parameter first: The nodes at which reading back will end, where that is known: then no more is kept than passing a
  ///   gradient back to them reads, which of a rectifier is one bit for each unit. Where a value is asked for after all, the
  ///   graph is applied once more.
  /// - Throws: `GraphError.badFeedCount` or `.badFeed` where the batches do not fit the inputs.
  public init(
    _ graph: Graph, feeding feeds: [Tensor], upTo outputs: [NodeID], from first: [NodeID]? = nil
  ) throws(GraphError) {
    try Self.check(feeds, of: graph)
    self.init(graph, feeds, .init(outputs: outputs, record: first.map { .behind($0) } ?? .everything))
  }

  private init(_ graph: Graph, _ feeds: [Tensor], _ request: ForwardPlan.Request) {
    let pass = ForwardPass(graph, feeds: feeds, request)
    record = Record(graph, feeds, outputs: request.outputs, pass.values)
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
    let pass = ForwardPass(graph, feeds: feeds, .init(outputs: outputs, record: .nothing))
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
    case .stored(let value), .pooled(let value, _), .gated(let value, _): return value
    case .part, .inside: return record.recomputed.value(of: id) { compute(id) }
    case .released, .winners, .gates: return whole[id]
    case nil:
      preconditionFailure(
        "node \"\(graph[id].name)\" is not on this tape: it was not needed for what was asked")
    }
  }

  /// The value of a node if the pass left it.
  func stored(_ id: NodeID) -> Tensor? {
    switch record.values[id.index] {
    case .stored(let value), .pooled(let value, _), .gated(let value, _): value
    default: nil
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
    if case .part(let whole, let channel, let channels, _) = record.values[id.index] {
      return view(whole).channels(from: channel, count: channels)
    }
    return FeatureView(self[id])
  }

  /// Where a pooling layer found its maxima, if that was kept.
  func winners(_ id: NodeID) -> PoolWinners? {
    switch record.values[id.index] {
    case .pooled(_, let winners), .winners(let winners): winners
    case .released: whole.winners(id)
    default: nil
    }
  }

  /// What tells where a rectifier let its input through, or each part of a concatenation of rectifiers.
  func gates(_ id: NodeID) -> GateSource {
    switch record.values[id.index] {
    case .gates(let gates), .gated(_, let gates): return .bits(gates)
    case .part(let whole, let channel, _, hasGates: true):
      if case .bits(let gates) = gates(whole) { return .bits(gates.channels(from: channel)) }
      return .values(view(id))
    default: return .values(view(id))
    }
  }

  /// Whether a concatenation's own value or gates tell for each part where it let its input through: some parts may not have
  /// noted their gates beside those that did, and of a value that was let go only the parts tell.
  func gatesAreComplete(_ concatenation: Node) -> Bool {
    switch record.values[concatenation.id.index] {
    case .released: false
    case .gates, .gated:
      concatenation.inputs.allSatisfy {
        if case .part(of: concatenation.id, _, _, hasGates: true) = record.values[$0.index] {
          true
        } else {
          false
        }
      }
    default: true
    }
  }

  /// Whether something was asked for that had been let go.
  var isRecordedAgain: Bool { record.later.isMade }

  /// The tape with everything on it that this one let go, made when it is first asked for.
  private var whole: Tape {
    record.later.tape { Tape(graph, record.feeds, .init(outputs: record.outputs, record: .everything)) }
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
    let feeds: [Tensor]
    let outputs: [NodeID]
    let values: [ForwardPass.Value?]
    let recomputed = RecomputedValues()
    let later = LaterTape()

    init(_ graph: Graph, _ feeds: [Tensor], outputs: [NodeID], _ values: [ForwardPass.Value?]) {
      (self.graph, self.feeds, self.outputs, self.values) = (graph, feeds, outputs, values)
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

/// A tape that is recorded after the fact, shared by the copies of the one that needs it.
private final class LaterTape: Sendable {
  private let made = Mutex<Tape?>(nil)

  var isMade: Bool { made.withLock { $0 != nil } }

  func tape(_ record: () -> Tape) -> Tape {
    // Under the lock: a second thread waits rather than holding the same values twice.
    made.withLock { made in
      let tape = made ?? record()
      made = tape
      return tape
    }
  }
}
