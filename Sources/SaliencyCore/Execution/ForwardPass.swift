/// The values of a graph's nodes as a forward pass leaves them.
struct ForwardPass {
  /// Where the value of a node is.
  enum Value: Sendable {
    case stored(Tensor)
    /// The same of a pooling layer, and where its maxima were found.
    case pooled(Tensor, PoolWinners)
    /// Channels of a concatenation's value.
    case part(of: NodeID, channel: Int, channels: Int)
    /// Inside a chain of fused layers: not stored.
    case inside
    /// No longer stored, because nobody was expected to look back at it.
    case released
  }

  private(set) var values: [Value?]

  private let graph: Graph
  private let batch: Int
  /// Concatenations of which some parts are written.
  private var unfinished: [Tensor?]

  /// - Parameters:
  ///   - feeds: The values of the graph's inputs, in their order.
  ///   - request: What is asked.
  init(_ graph: Graph, feeds: [Tensor], _ request: ForwardPlan.Request) {
    self.graph = graph
    let plan = graph.plans.forward(request, in: graph)
    values = plan.unstored
    unfinished = Array(repeating: nil, count: plan.joins)
    batch = feeds.first?.batchSize ?? 0
    for (id, feed) in zip(graph.inputs, feeds) { values[id.index] = .stored(feed) }
    for step in plan.steps {
      run(step)
      for id in step.done { values[id.index] = .released }
    }
  }

  private mutating func run(_ step: ForwardStep) {
    let node = step.node
    switch step.work {
    case .chain(let chain):
      run(chain, at: node.id.index)
    case .finish(let join):
      values[node.id.index] = .stored(finish(join, node.inputs))
    case .pool(let pool):
      let input = tensor(node.inputs[0])
      let (maxima, winners) = Kernels.winners(input, pool.window, placement(pool.window, input.shape))
      values[node.id.index] = .pooled(maxima, winners)
    case .layer:
      if let layer = node.layer { values[node.id.index] = .stored(layer(node.inputs.map(tensor))) }
    }
  }

  private mutating func run(_ chain: ChainStep, at index: Int) {
    var epilogue = chain.epilogue
    if let addend = chain.addend { epilogue.addend = FeatureView(tensor(addend)) }
    let input = tensor(chain.input)
    guard let place = chain.place else {
      let result = Tensor(shape: chain.shape.batched(batch)) {
        chain.layer.forward(input, epilogue, into: $0)
      }
      return values[index] = .stored(result)
    }
    if unfinished[place.join] == nil {
      // Every part is written before anybody reads it.
      unfinished[place.join] = Tensor(shape: place.concatenation.shape.batched(batch), initializing: { _ in })
    }
    let pitch = place.concatenation.shape[place.concatenation.shape.rank - 1]
    unfinished[place.join]?.withUnsafeMutableScalars {
      chain.layer.forward(
        input, epilogue, into: FeatureTarget(start: $0.baseAddress.map { $0 + place.channel }, pitch: pitch))
    }
  }

  /// Copies the parts that were not written in place.
  private mutating func finish(_ join: Int, _ inputs: [NodeID]) -> Tensor {
    guard var whole = unfinished[join] else { preconditionFailure("a concatenation is begun by its parts") }
    unfinished[join] = nil
    var channel = 0
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
    switch values[id.index] {
    case .stored(let value), .pooled(let value, _): value
    default: preconditionFailure("the value of \"\(graph[id].name)\" is read before it is there")
    }
  }
}
