/// The steps that compute some values of a graph: decided from the graph and the request, never from values.
///
/// A convolution (or another `EpilogueLayer`) takes the batch normalisation, the sum, and the ReLU after it into its
/// epilogue if no other node reads what lies between. It writes into its place in a concatenation if that is its only
/// reader. What lies between is not stored; the tape computes it when it is read.
struct ForwardPlan: Sendable {
  /// What to compute of the graph.
  struct Request: Hashable, Sendable {
    /// The nodes whose values are wanted for certain.
    let outputs: [NodeID]
    /// What is saved besides.
    let record: Record
  }

  /// The values that are saved; any other is released as soon as its last reader has run.
  enum Record: Hashable, Sendable {
    case nothing
    /// What a backward pass to these nodes reads.
    case behind([NodeID])
    /// All values.
    case everything
  }

  /// In the order in which they run.
  let steps: [ForwardStep]
  /// The store before the pass: entries for the values that no step stores.
  let unstored: ActivationStore
  /// How many concatenations are begun by the chains that write into them.
  let joins: Int

  init(_ graph: Graph, _ request: Request) {
    let needed = graph.ancestors(of: request.outputs)
    let fusion = Fusion(
      graph, needed: needed, keeping: request.outputs, poolsMaps: request.record != .everything)
    let numbers = fusion.numberedJoins()
    joins = numbers.count
    let retention = SavedActivationPolicy(graph, fusion, request)
    var unstored = ActivationStore(count: graph.nodes.count)
    var steps: [ForwardStep] = []
    for node in graph.nodes where needed[node.id.index] && node.layer != nil {
      if fusion.isInside[node.id.index] {
        unstored[node.id] = .init()
      } else if let chain = fusion.chains[node.id.index] {
        let step = ChainStep(chain, graph, joins: numbers, retention)
        if let place = step.place {
          unstored[node.id] = .init(part: place.part(of: node, hasMask: step.savesReLUMask))
        }
        steps.append(ForwardStep(node: node, work: .chain(step), reads: chain.reads))
      } else if let join = numbers[node.id] {
        steps.append(ForwardStep(node: node, work: .finish(join: join), reads: node.inputs))
      } else if retention.keepsWinners[node.id.index], let pool = node.lowering.maxPooling {
        steps.append(ForwardStep(node: node, work: .pool(pool), reads: node.inputs))
      } else {
        steps.append(ForwardStep(node: node, work: .layer, reads: node.inputs))
      }
    }
    let kept = graph.nodes.filter { retention.kept[$0.id.index] == .value }.map(\.id)
    Self.release(in: &steps, keeping: kept, unstored)
    (self.steps, self.unstored) = (steps, unstored)
  }

  /// Releases each value with the last step that reads it.
  ///
  /// A part of a concatenation lies in the concatenation's value and is not released.
  private static func release(
    in steps: inout [ForwardStep], keeping kept: [NodeID], _ unstored: ActivationStore
  ) {
    var isStillRead = Set(kept)
    for i in steps.indices.reversed() {
      for source in steps[i].reads where isStillRead.insert(source).inserted {
        if unstored[source] == nil { steps[i].done.append(source) }
      }
    }
  }
}

/// One step of a forward pass: the value of one node.
struct ForwardStep: Sendable {
  enum Work: Sendable {
    /// Several layers as one.
    case chain(ChainStep)
    /// A max pooling that saves its argmax indices.
    case pool(MaxPool2D)
    /// The missing parts of a concatenation that chains have begun, by its number.
    case finish(join: Int)
    /// The layer by itself.
    case layer
  }

  let node: Node
  let work: Work
  let reads: [NodeID]
  /// The values that this step reads last.
  var done: [NodeID] = []

  init(node: Node, work: Work, reads: [NodeID]) {
    (self.node, self.work, self.reads) = (node, work, reads)
  }
}

/// A chain of layers, ready to run.
final class ChainStep: Sendable {
  /// Where in a concatenation the value goes.
  struct Place: Sendable {
    let concatenation: Node
    /// The first of its channels there.
    let channel: Int
    /// The concatenation's number among those that are begun by chains.
    let join: Int

    fileprivate func part(of node: Node, hasMask: Bool) -> ActivationStore.Part {
      let channels = node.shape[node.shape.rank - 1]
      return .init(whole: concatenation.id, channel: channel, channels: channels, hasMask: hasMask)
    }
  }

  let layer: any EpilogueLayer
  let input: NodeID
  /// The shape of one sample of the value.
  let shape: Shape
  /// The epilogue as far as it is known before the pass.
  let epilogue: Epilogue
  let addend: NodeID?
  let place: Place?
  /// Whether the kernel writes the ReLU's mask.
  let savesReLUMask: Bool
  let pool: Pool?

  /// A pooling of the chain's map.
  struct Pool: Sendable {
    let convolution: Conv2D
    let window: Window
    let keepsWinners: Bool
    /// The node whose value the map is.
    let map: Node
  }

  fileprivate init(
    _ chain: Fusion.Chain, _ graph: Graph, joins: [NodeID: Int], _ retention: SavedActivationPolicy
  ) {
    let rectified = chain.pool?.map ?? chain.last
    savesReLUMask = retention.kept[rectified.id.index] == .reluMask
    pool = chain.pool.flatMap { pool in
      (chain.layer as? Conv2D).map {
        Pool(
          convolution: $0, window: pool.layer.window,
          keepsWinners: retention.keepsWinners[chain.last.id.index], map: pool.map)
      }
    }
    layer = chain.layer
    input = chain.first.inputs[0]
    shape = chain.last.shape
    addend = chain.addend
    var epilogue = Epilogue()
    epilogue.scale = chain.norm
    epilogue.clamp = chain.rectifier.map { 0...max($0.maximum ?? .infinity, 0) }
    epilogue.newReLUMaskLimit = chain.rectifier?.maximum
    self.epilogue = epilogue
    place = chain.place.flatMap { place in
      joins[place.concatenation].map {
        Place(concatenation: graph[place.concatenation], channel: place.channel, join: $0)
      }
    }
  }
}
