/// The values of a graph's nodes as a forward pass leaves them.
struct ForwardPass {
  /// Where the value of a node is.
  enum Value: Sendable {
    case stored(Tensor)
    /// The same of a pooling layer, and where its maxima were found.
    case pooled(Tensor, PoolWinners)
    /// The same of a rectifier or of a concatenation of such, and where they let their inputs through.
    case gated(Tensor, Gates)
    /// Channels of a concatenation's value, and of its gates where the part noted its own there.
    case part(of: NodeID, channel: Int, channels: Int, hasGates: Bool)
    /// Inside a chain of fused layers: not stored.
    case inside
    /// No longer stored, because nobody was expected to look back at it.
    case released
    /// Nor are these, but for what the way back reads.
    case winners(PoolWinners)
    case gates(Gates)

    /// What is left when the last reader of the value has run.
    fileprivate var released: Value {
      switch self {
      case .pooled(_, let winners): .winners(winners)
      case .gated(_, let gates): .gates(gates)
      default: .released
      }
    }
  }

  private(set) var values: [Value?]

  private let graph: Graph
  private let batch: Int
  /// Concatenations of which some parts are written.
  private var unfinished: [Join?]

  private struct Join {
    var value: Tensor
    var gates: Gates?
  }

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
      for id in step.done { values[id.index] = values[id.index]?.released }
    }
  }

  private mutating func run(_ step: ForwardStep) {
    let node = step.node
    switch step.work {
    case .chain(let chain):
      run(chain, at: node.id.index)
    case .finish(let join):
      values[node.id.index] = finish(join, node.inputs)
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
    if let place = chain.place { return run(chain, on: input, epilogue, into: place) }
    if let pool = chain.pool { return run(pool, of: chain, on: input, epilogue, at: index) }
    if chain.notesGates { epilogue.newGates = Gates(of: chain.shape, batch: batch) }
    let result = Tensor(shape: chain.shape.batched(batch)) { chain.layer.forward(input, epilogue, into: $0) }
    values[index] = epilogue.newGates.map { .gated(result, $0) } ?? .stored(result)
  }

  /// Leaves of the map that is pooled no more than its gates.
  private mutating func run(
    _ pool: ChainStep.Pool, of chain: ChainStep, on input: Tensor, _ epilogue: Epilogue, at index: Int
  ) {
    var epilogue = epilogue
    if chain.notesGates { epilogue.newGates = Gates(of: pool.map.shape, batch: batch) }
    let (maxima, winners) = pool.convolution.maxima(
      of: input, epilogue, pool.window, keepsWinners: pool.keepsWinners)
    values[index] = winners.map { .pooled(maxima, $0) } ?? .stored(maxima)
    values[pool.map.id.index] = epilogue.newGates.map { .gates($0) } ?? .released
  }

  /// Every part of a concatenation is written before anybody reads it.
  private mutating func run(
    _ chain: ChainStep, on input: Tensor, _ epilogue: Epilogue, into place: ChainStep.Place
  ) {
    var epilogue = epilogue
    let shape = place.concatenation.shape
    var join =
      unfinished[place.join] ?? Join(value: Tensor(shape: shape.batched(batch), initializing: { _ in }))
    // One owner, or writing would copy.
    unfinished[place.join] = nil
    if chain.notesGates {
      let gates = join.gates ?? Gates(of: shape, batch: batch)
      join.gates = gates
      epilogue.newGates = gates.channels(from: place.channel)
    }
    join.value.withUnsafeMutableScalars {
      chain.layer.forward(
        input, epilogue,
        into: FeatureTarget(
          start: $0.baseAddress.map { $0 + place.channel }, pitch: shape[shape.rank - 1]))
    }
    unfinished[place.join] = join
  }

  /// Copies the parts that were not written in place.
  private mutating func finish(_ number: Int, _ inputs: [NodeID]) -> Value {
    guard var join = unfinished[number] else {
      preconditionFailure("a concatenation is begun by its parts")
    }
    unfinished[number] = nil
    var channel = 0
    let pitch = join.value.channels
    for source in inputs {
      let shape = graph[source].shape
      let width = shape[shape.rank - 1]
      defer { channel += width }
      if case .part = values[source.index] { continue }
      let part = tensor(source)
      join.value.withUnsafeMutableScalars {
        Kernels.copyRows(
          part.count / max(width, 1), width: width, from: part.start, pitch: width,
          to: $0.baseAddress.map { $0 + channel }, pitch: pitch)
      }
    }
    return join.gates.map { .gated(join.value, $0) } ?? .stored(join.value)
  }

  /// The value of a node that was kept.
  func value(of id: NodeID) -> Tensor { tensor(id) }

  private func tensor(_ id: NodeID) -> Tensor {
    switch values[id.index] {
    case .stored(let value), .pooled(let value, _), .gated(let value, _): value
    default: preconditionFailure("the value of \"\(graph[id].name)\" is read before it is there")
    }
  }
}
