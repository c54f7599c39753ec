internal import Synchronization

/// The record of a forward pass, which backward passes read.
///
/// A tape does not depend on a backward rule: a `RuleMap` is chosen for each backward pass.
public struct Tape: Sendable {
  // In one object: tapes are handed to every step of a backward pass.
  private let record: Record

  /// The graph that was applied.
  public var graph: Graph { record.graph }
  /// The number of samples.
  public var batchSize: Int { record.batchSize }

  /// Applies a graph to one batch per input, as far as is needed for `outputs`.
  ///
  /// - Parameter first: The nodes at which backward passes will end, if that is known: then no more is saved than passing a
  ///   gradient back to them reads, which of a ReLU is one bit for each unit. A value that is read nevertheless is computed
  ///   again from the nearest saved ones.
  /// - Throws: `GraphError.badFeedCount` or `.badFeed` if the batches do not fit the inputs.
  public init(
    _ graph: Graph, feeding feeds: [Tensor], upTo outputs: [NodeID], from first: [NodeID]? = nil
  ) throws(GraphError) {
    try Self.check(feeds, of: graph)
    self.init(checked: graph, feeding: feeds, upTo: outputs, from: first)
  }

  /// The same for batches that are known to fit.
  init(checked graph: Graph, feeding feeds: [Tensor], upTo outputs: [NodeID], from first: [NodeID]?) {
    let saved = Self.pass(
      graph, feeds, .init(outputs: outputs, record: first.map { .behind($0) } ?? .everything))
    record = Record(graph, batchSize: feeds.first?.batchSize ?? 0, saved)
  }

  private static func pass(
    _ graph: Graph, _ feeds: [Tensor], _ request: ForwardPlan.Request
  ) -> ActivationStore {
    Execution.fusesLayers
      ? FusedForwardPass(graph, feeds: feeds, request).saved
      : ForwardPass(graph, feeds: feeds, outputs: request.outputs).saved
  }

  /// The values of some nodes alone, in as little memory as the graph allows: nothing is recorded.
  ///
  /// They are those of a tape, bit for bit.
  ///
  /// - Throws: `GraphError.badFeedCount` or `.badFeed` if the batches do not fit the inputs.
  static func values(
    of outputs: [NodeID], in graph: Graph, feeding feeds: [Tensor]
  ) throws(GraphError) -> [Tensor] {
    try check(feeds, of: graph)
    let saved = pass(graph, feeds, .init(outputs: outputs, record: .nothing))
    return outputs.compactMap { saved.view(of: $0)?.tensor }
  }

  static func check(_ feeds: [Tensor], of graph: Graph) throws(GraphError) {
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

  func node(_ id: NodeID) -> Node { record.graph.nodes[id.index] }

  /// Whether the value of a node was computed.
  public func contains(_ id: NodeID) -> Bool { record.saved[id] != nil }

  /// One node of the tape as a step that can be read backwards; nil for an input.
  public func step(at id: NodeID) -> Step? {
    let node = node(id)
    return node.layer.map { Step(layer: $0, source: .tape(self, node)) }
  }

  /// The value of a node, `[N]` + its shape.
  ///
  /// A value that was not saved is computed from the nearest saved ones when it is first read, and kept.
  public subscript(id: NodeID) -> Tensor { stored(id) ?? view(id).tensor }

  /// The value of a node if the pass saved it as a tensor of its own.
  func stored(_ id: NodeID) -> Tensor? { record.saved[id]?.value }

  /// The value of a node where it lies, without a copy if it is part of a concatenation.
  func view(_ id: NodeID) -> FeatureView {
    record.saved.view(of: id) ?? FeatureView(recomputed(id))
  }

  /// The argmax indices of a max pooling, if they were saved.
  func argmax(_ id: NodeID) -> ArgmaxIndices? { record.saved[id]?.argmax }

  /// The mask of a ReLU, or its value, from which the mask follows.
  func reluMask(_ id: NodeID) -> ReLUMaskSource {
    record.saved.mask(of: id).map { .bits($0) } ?? .values(view(id))
  }

  /// Whether the mask or the value of a concatenation holds the ReLU mask of each of its parts.
  ///
  /// Not if some parts lie in the mask and others do not, nor if the value was released.
  func masksAreComplete(_ concatenation: Node) -> Bool {
    guard let saved = record.saved[concatenation.id], saved.mask != nil else {
      return record.saved.view(of: concatenation.id) != nil
    }
    return concatenation.inputs.allSatisfy {
      record.saved[$0]?.part.map { $0.whole == concatenation.id && $0.hasMask } ?? false
    }
  }
}

extension Tape {
  private final class Record: Sendable {
    let graph: Graph
    let batchSize: Int
    let saved: ActivationStore
    let recomputed = RecomputedValues()

    init(_ graph: Graph, batchSize: Int, _ saved: ActivationStore) {
      (self.graph, self.batchSize, self.saved) = (graph, batchSize, saved)
    }
  }

  /// Whether a value was read that the pass had not saved.
  var hasRecomputed: Bool { !record.recomputed.isEmpty }

  /// A value that was not saved, computed layer by layer from the nearest ones that are known.
  private func recomputed(_ id: NodeID) -> Tensor {
    if let known = record.recomputed[id] { return known }
    precondition(
      contains(id), "node \"\(node(id).name)\" is not on this tape, which did not compute it")
    // Without recursion, which a deep graph would not survive.
    var isWanted = [Bool](repeating: false, count: id.index + 1)
    isWanted[id.index] = true
    for node in record.graph.nodes[...id.index].reversed() where isWanted[node.id.index] {
      for source in node.inputs where !isKnown(source) { isWanted[source.index] = true }
    }
    var value = Tensor(repeating: 0, shape: [0])
    for node in record.graph.nodes[...id.index] where isWanted[node.id.index] {
      value = node.applied(to: node.inputs.map { self[$0] })
      record.recomputed[node.id] = value
    }
    return value
  }

  private func isKnown(_ id: NodeID) -> Bool {
    record.saved.view(of: id) != nil || record.recomputed[id] != nil
  }
}

/// Values that a tape computed after the pass, shared by its copies.
private final class RecomputedValues: Sendable {
  // Two threads may compute one value twice, with the same result.
  private let values = Mutex<[NodeID: Tensor]>([:])

  var isEmpty: Bool { values.withLock { $0.isEmpty } }

  subscript(id: NodeID) -> Tensor? {
    get { values.withLock { $0[id] } }
    set { values.withLock { $0[id] = newValue } }
  }
}
