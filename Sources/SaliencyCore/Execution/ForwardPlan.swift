/// Which steps compute some values of a graph: decided from the graph and what is asked of it, never from values.
///
/// A convolution (or another `EpilogueLayer`) takes the batch normalisation, the sum, and the rectifier after it into
/// its epilogue, as far as nobody else reads what lies between, and writes into its place in a concatenation where
/// that is its only reader. What lies between is not stored; the tape computes it again where it is asked for.
struct ForwardPlan: Sendable {
  /// What is asked of the graph.
  struct Request: Hashable, Sendable {
    /// The nodes whose values are wanted for certain.
    let outputs: [NodeID]
    /// What is kept besides.
    let record: Record
  }

  /// The values that are kept for those who look back; any other goes as soon as its last reader has run.
  enum Record: Hashable, Sendable {
    case nothing
    /// What passing a gradient back to these nodes reads.
    case behind([NodeID])
    /// All values.
    case everything
  }

  /// In the order in which they run.
  let steps: [ForwardStep]
  /// Where the values will be that no step stores; nil for all others.
  let unstored: [ForwardPass.Value?]
  /// How many concatenations are begun by the chains that write into them.
  let joins: Int

  init(_ graph: Graph, _ request: Request) {
    let needed = graph.ancestors(of: request.outputs)
    let fusion = Fusion(
      graph, needed: needed, keeping: request.outputs, poolsMaps: request.record != .everything)
    let numbers = fusion.numberedJoins()
    joins = numbers.count
    let retention = Retention(graph, fusion, request)
    var unstored = [ForwardPass.Value?](repeating: nil, count: graph.nodes.count)
    var steps: [ForwardStep] = []
    for node in graph.nodes where needed[node.id.index] && node.layer != nil {
      if fusion.isInside[node.id.index] {
        unstored[node.id.index] = .inside
      } else if let chain = fusion.chains[node.id.index] {
        let step = ChainStep(chain, graph, joins: numbers, retention)
        if let place = step.place {
          unstored[node.id.index] = place.value(of: node, hasGates: step.notesGates)
        }
        steps.append(ForwardStep(node: node, work: .chain(step), reads: chain.reads))
      } else if let join = numbers[node.id] {
        steps.append(ForwardStep(node: node, work: .finish(join: join), reads: node.inputs))
      } else if retention.keepsWinners[node.id.index], let pool = node.facets.pool {
        steps.append(ForwardStep(node: node, work: .pool(pool), reads: node.inputs))
      } else {
        steps.append(ForwardStep(node: node, work: .layer, reads: node.inputs))
      }
    }
    let kept = graph.nodes.filter { retention.kept[$0.id.index] == .value }.map(\.id)
    Self.release(in: &steps, keeping: kept, unstored)
    (self.steps, self.unstored) = (steps, unstored)
  }

  /// Lets each value go with the last step that reads it.
  ///
  /// A part of a concatenation lies in the concatenation's value and is not released.
  private static func release(
    in steps: inout [ForwardStep], keeping kept: [NodeID], _ unstored: [ForwardPass.Value?]
  ) {
    var isStillRead = Set(kept)
    for i in steps.indices.reversed() {
      for source in steps[i].reads where isStillRead.insert(source).inserted {
        if unstored[source.index] == nil { steps[i].done.append(source) }
      }
    }
  }
}

/// One step of a forward pass: the value of one node.
struct ForwardStep: Sendable {
  enum Work: Sendable {
    /// Several layers as one.
    case chain(ChainStep)
    /// A pooling layer that says where its maxima were.
    case pool(MaxPool2D)
    /// What is missing in a concatenation that chains have begun, by its number.
    case finish(join: Int)
    /// The layer by itself.
    case layer
  }

  let node: Node
  let work: Work
  let reads: [NodeID]
  /// The values that nobody reads any more.
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

    fileprivate func value(of node: Node, hasGates: Bool) -> ForwardPass.Value {
      let channels = node.shape[node.shape.rank - 1]
      return .part(of: concatenation.id, channel: channel, channels: channels, hasGates: hasGates)
    }
  }

  let layer: any EpilogueLayer
  let input: NodeID
  /// The shape of one sample of the value.
  let shape: Shape
  /// What is known of the epilogue before anything has run.
  let epilogue: Epilogue
  let addend: NodeID?
  let place: Place?
  /// Whether the kernel notes where the rectifier lets its input through.
  let notesGates: Bool
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
    _ chain: Fusion.Chain, _ graph: Graph, joins: [NodeID: Int], _ retention: Retention
  ) {
    let rectified = chain.pool?.map ?? chain.last
    notesGates = retention.kept[rectified.id.index] == .gates
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
    epilogue.scale = chain.norm?.channelScale
    epilogue.clamp = chain.rectifier.map { 0...max($0.maximum ?? .infinity, 0) }
    epilogue.newGatesLimit = chain.rectifier?.maximum
    self.epilogue = epilogue
    place = chain.place.flatMap { place in
      joins[place.concatenation].map {
        Place(concatenation: graph[place.concatenation], channel: place.channel, join: $0)
      }
    }
  }
}
