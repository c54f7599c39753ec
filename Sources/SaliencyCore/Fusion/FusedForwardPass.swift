/// A forward pass that runs chains of layers as one kernel and saves what the request names.
struct FusedForwardPass {
  private(set) var saved: ActivationStore

  private let graph: Graph
  private let batch: Int
  /// Concatenations of which some parts are written.
  private var unfinished: [Join?]

  private struct Join {
    var value: Tensor
    var reluMask: ReLUMask?
  }

  /// - Parameters:
  ///   - feeds: The values of the graph's inputs, in their order.
  ///   - request: The values to compute and to save.
  init(_ graph: Graph, feeds: [Tensor], _ request: ForwardPlan.Request) {
    self.graph = graph
    let plan = graph.plans.forward(request, in: graph)
    saved = plan.unstored
    unfinished = Array(repeating: nil, count: plan.joins)
    batch = feeds.first?.batchSize ?? 0
    for (id, feed) in zip(graph.inputs, feeds) { saved[id] = .init(value: feed) }
    for step in plan.steps {
      run(step)
      for id in step.done { saved.release(id) }
    }
  }

  private mutating func run(_ step: ForwardStep) {
    let node = step.node
    switch step.work {
    case .chain(let chain):
      run(chain, at: node.id)
    case .finish(let join):
      saved[node.id] = finish(join, node.inputs)
    case .pool(let pool):
      let input = tensor(node.inputs[0])
      let (maxima, argmax) = Kernels.argmax(input, pool.window, pool.window.placement(on: input.shape))
      saved[node.id] = .init(value: maxima, argmax: argmax)
    case .layer:
      saved[node.id] = .init(value: node.applied(to: node.inputs.map(tensor)))
    }
  }

  private mutating func run(_ chain: ChainStep, at id: NodeID) {
    var epilogue = chain.epilogue
    if let addend = chain.addend { epilogue.addend = FeatureView(tensor(addend)) }
    let input = tensor(chain.input)
    if let place = chain.place { return run(chain, on: input, epilogue, into: place) }
    if let pool = chain.pool { return run(pool, of: chain, on: input, epilogue, at: id) }
    if chain.savesReLUMask { epilogue.newReLUMask = ReLUMask(of: chain.shape, batch: batch) }
    let result = Tensor(shape: chain.shape.batched(batch)) { chain.layer.forward(input, epilogue, into: $0) }
    saved[id] = .init(value: result, mask: epilogue.newReLUMask)
  }

  /// Saves of the map that is pooled no more than its mask.
  private mutating func run(
    _ pool: ChainStep.Pool, of chain: ChainStep, on input: Tensor, _ epilogue: Epilogue, at id: NodeID
  ) {
    var epilogue = epilogue
    if chain.savesReLUMask { epilogue.newReLUMask = ReLUMask(of: pool.map.shape, batch: batch) }
    let (maxima, argmax) = pool.convolution.maxima(
      of: input, epilogue, pool.window, keepsWinners: pool.keepsWinners)
    saved[id] = .init(value: maxima, argmax: argmax)
    saved[pool.map.id] = .init(mask: epilogue.newReLUMask)
  }

  /// Writes a part of a concatenation, which is read only when every part is there.
  private mutating func run(
    _ chain: ChainStep, on input: Tensor, _ epilogue: Epilogue, into place: ChainStep.Place
  ) {
    var epilogue = epilogue
    let shape = place.concatenation.shape
    var join =
      unfinished[place.join] ?? Join(value: Tensor(shape: shape.batched(batch), initializing: { _ in }))
    // One owner, or writing would copy.
    unfinished[place.join] = nil
    if chain.savesReLUMask {
      let reluMask = join.reluMask ?? ReLUMask(of: shape, batch: batch)
      join.reluMask = reluMask
      epilogue.newReLUMask = reluMask.channels(from: place.channel)
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
  private mutating func finish(_ number: Int, _ inputs: [NodeID]) -> ActivationStore.Saved {
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
      if saved[source]?.part != nil { continue }
      let part = tensor(source)
      join.value.withUnsafeMutableScalars {
        Kernels.copyRows(
          part.count / max(width, 1), width: width, from: part.start, pitch: width,
          to: $0.baseAddress.map { $0 + channel }, pitch: pitch)
      }
    }
    return .init(value: join.value, mask: join.reluMask)
  }

  private func tensor(_ id: NodeID) -> Tensor {
    guard let value = saved[id]?.value else {
      preconditionFailure("the value of \"\(graph[id].name)\" is read before it is there")
    }
    return value
  }
}
