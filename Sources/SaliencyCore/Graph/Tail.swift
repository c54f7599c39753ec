/// The part of a network behind a node, as a graph of its own.
///
/// Its inputs are that node and the values that reach the output without passing it (another branch, a skip connection). A
/// pass from changed values of the node then computes nothing that did not change. The layers are those of the network and
/// share its weights; the values have the same bits as in a whole pass.
public struct Tail: Sendable {
  let graph: Graph
  /// The output, in `graph`.
  let output: NodeID
  /// The nodes of the whole network that are the inputs of `graph`, in their order.
  let feeds: [NodeID]
  /// The nodes whose values are given anew with each pass; those of the other feeds stay.
  let starts: [NodeID]
  private let batchLimit: Int

  /// The part of a model between a node and another.
  ///
  /// - Throws: `GraphError`, which no graph that was built node by node causes.
  public init(of model: Model, from start: NodeID, to output: NodeID) throws(GraphError) {
    var isComputed = model.graph.descendants(of: [start])
    isComputed[start.index] = false
    try self.init(of: model, computing: isComputed, starts: [start], to: output)
  }

  /// The part of a model that consists of some nodes.
  ///
  /// - Parameters:
  ///   - isComputed: Whether a node is a part of the tail; with each node its descendants are.
  ///   - starts: The nodes whose values are given anew with each pass.
  init(
    of model: Model, computing isComputed: [Bool], starts: [NodeID], to output: NodeID
  ) throws(GraphError) {
    let whole = model.graph
    let isNeeded = whole.ancestors(of: [output])
    var (graph, feeds, ids): (Graph, [NodeID], [NodeID: NodeID]) = (Graph(), [], [:])
    func feed(_ id: NodeID) throws(GraphError) {
      guard ids[id] == nil else { return }
      ids[id] = try graph.addInput(named: whole[id].name, shape: whole[id].shape)
      feeds.append(id)
    }
    for node in whole.nodes where isComputed[node.id.index] && isNeeded[node.id.index] {
      guard let layer = node.layer else { continue }
      for source in node.inputs { try feed(source) }
      ids[node.id] = try graph.add(layer, named: node.name, inputs: node.inputs.compactMap { ids[$0] })
    }
    try feed(output)
    guard let last = ids[output] else { preconditionFailure("the output is a node or a feed") }
    (self.graph, self.output, self.starts, self.feeds) = (graph, last, starts, feeds)
    batchLimit = model.batchLimit
  }

  /// The output for given values of the feeds, in their order.
  func value(for values: [Tensor]) throws(GraphError) -> Tensor {
    try Tape.values(of: [output], in: graph, feeding: values)[0]
  }

  /// How many samples go through the tail at once: as many as stay in the cache, at most 64.
  ///
  /// A result does not depend on it.
  public var microBatch: Int {
    let floats = max(graph.nodes.reduce(0) { $0 + $1.shape.count }, 1)
    return min(max(1_000_000 / floats, 1), 64, max(batchLimit, 1))
  }
}

extension AttributionRequest {
  /// The part of the network between a node and what is explained.
  ///
  /// - Throws: `GraphError`.
  public func tail(from node: NodeID) throws(GraphError) -> Tail {
    try Tail(of: model, from: node, to: explained)
  }

  /// The score that is explained for image `n`, if the node at which a tail begins had other values; nothing is recorded.
  ///
  /// Values that bypass the node are those of image `n`. Each sample counts as a forward pass.
  ///
  /// - Parameter values: A batch of values of the node; cut it by `Tail.microBatch`.
  /// - Throws: `GraphError.badFeed` if the values do not fit the node.
  public func scores(
    behind tail: Tail, for values: Tensor, explainedAs n: Int
  ) throws(GraphError) -> [Float] {
    let count = values.batchSize
    let feeds = tail.feeds.map { id in
      tail.starts.contains(id) ? values : activations(at: id).sample(n).repeated(count)
    }
    meter.add(forward: count)
    return explainedScores(try tail.value(for: feeds), explainedAs: n)
  }

  /// The score that is explained for image `n`, of each sample of values of the explained node.
  func explainedScores(_ values: Tensor, explainedAs n: Int) -> [Float] {
    Self.scores(Array(repeating: targets[n], count: values.batchSize), of: values)
  }
}
