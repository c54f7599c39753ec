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
  /// The nodes whose values are given with each pass; those of the other feeds stay.
  let starts: [NodeID]
  /// The channels of the output that are computed; nil for all.
  let channels: Range<Int>?
  private let batchLimit: Int

  /// The part of a model between a node and another.
  ///
  /// - Throws: `GraphError`, which no graph that was built node by node causes.
  init(
    of model: Model, from start: NodeID, to output: NodeID, channels: Range<Int>? = nil
  ) throws(GraphError) {
    var isComputed = model.graph.descendants(of: [start])
    isComputed[start.index] = false
    try self.init(of: model, computing: isComputed, starts: [start], to: output, channels: channels)
  }

  /// The part of a model that consists of some nodes.
  ///
  /// - Parameters:
  ///   - isComputed: Whether a node is a part of the tail; with each node its descendants are.
  ///   - starts: The nodes whose values are given with each pass.
  ///   - channels: The channels of the output that are wanted; the others are left out where that changes no bit.
  init(
    of model: Model, computing isComputed: [Bool], starts: [NodeID], to output: NodeID,
    channels: Range<Int>? = nil
  ) throws(GraphError) {
    let whole = model.graph
    let isNeeded = whole.ancestors(of: [output])
    var (graph, feeds, ids): (Graph, [NodeID], [NodeID: NodeID]) = (Graph(), [], [:])
    func feed(_ id: NodeID) throws(GraphError) {
      guard ids[id] == nil else { return }
      ids[id] = try graph.addInput(named: whole[id].name, shape: whole[id].shape)
      feeds.append(id)
    }
    let head = channels.flatMap { whole.narrowedHead(of: output, to: $0, within: isComputed, isNeeded) }
    for node in whole.nodes where isComputed[node.id.index] && isNeeded[node.id.index] {
      guard let layer = head?.node == node.id ? head?.layer : node.layer else { continue }
      for source in node.inputs { try feed(source) }
      ids[node.id] = try graph.add(layer, named: node.name, inputs: node.inputs.compactMap { ids[$0] })
    }
    try feed(output)
    guard let last = ids[output] else { preconditionFailure("the output is a node or a feed") }
    (self.graph, self.output, self.starts, self.feeds) = (graph, last, starts, feeds)
    self.channels = head == nil ? nil : channels
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

extension Graph {
  /// The last layer that mixes channels before an output, with some of its channels alone; nil if the layers behind it do not treat every
  /// channel by itself, or if the bits would change.
  fileprivate func narrowedHead(
    of output: NodeID, to channels: Range<Int>, within isComputed: [Bool], _ isNeeded: [Bool]
  ) -> (node: NodeID, layer: any Layer)? {
    var id = output
    while isComputed[id.index], let layer = self[id].layer, self[id].inputs.count == 1,
      id == output || consumers(of: id).count(where: { isNeeded[$0.index] }) == 1
    {
      let source = self[self[id].inputs[0]].shape
      switch layer {
      case let dense as Dense: return (id, dense.narrowed(to: channels))
      case let convolution as Conv2D:
        return convolution.narrowed(to: channels, on: source).map { (id, $0) }
      case is GlobalAveragePool2D, is any ElementwiseLayer, is any IdentityLayer: break
      case is Flatten where source.rank == 3 && source[0] * source[1] == 1: break
      default: return nil
      }
      id = self[id].inputs[0]
    }
    return nil
  }
}

extension LinearLayer {
  /// The layer with some of its outputs alone, the last axis of the kernel.
  fileprivate func narrowed(to channels: Range<Int>) -> Self {
    func part(_ tensor: Tensor) -> Tensor {
      let width = tensor.channels
      let shape = tensor.shape.withChannels(channels.count)
      return Tensor(shape: shape) { result in
        tensor.withUnsafeScalars { a in
          for i in 0..<result.count {
            result[i] = a[i / channels.count * width + channels.lowerBound + i % channels.count]
          }
        }
      }
    }
    return replacing(kernel: part(kernel), bias: bias.map(part))
  }
}

extension Conv2D {
  /// The layer with some of its filters alone; nil if another algorithm would compute them.
  fileprivate func narrowed(to channels: Range<Int>, on map: Shape) -> Conv2D? {
    let shape = map.batched(1)
    guard groups == 1, convolution(on: shape).isDirect(.forward) else { return nil }
    let part: Conv2D = narrowed(to: channels)
    return part.convolution(on: shape).isDirect(.forward) ? part : nil
  }
}

extension AttributionRequest {
  /// The part of the network between a node and what is explained of image `n`.
  ///
  /// Of the last layer no more is computed than the score depends on.
  ///
  /// - Throws: `GraphError`.
  public func tail(from node: NodeID, explainedAs n: Int) throws(GraphError) -> Tail {
    try Tail(of: model, from: node, to: explained, channels: explainedChannels(n))
  }

  /// The channels of the explained node that the score of image `n` depends on; nil for all.
  ///
  /// A whole vector's, so that kernels compute them as they do in the whole layer.
  func explainedChannels(_ n: Int) -> Range<Int>? {
    let (shape, lanes) = (model.graph[explained].shape, 16)
    let places = targets[n].terms.map(\.index)
    guard shape.isFlat, shape.count > lanes, targets[n].isLinear, let first = places.first,
      places.allSatisfy({ $0 / lanes == first / lanes })
    else { return nil }
    let start = first / lanes * lanes
    return start..<min(start + lanes, shape.count)
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
    return explainedScores(try tail.value(for: feeds), of: tail.channels, explainedAs: n)
  }

  /// The score that is explained for image `n`, of each sample of values of the explained node.
  ///
  /// - Parameter channels: The channels that were computed; nil for all.
  func explainedScores(_ values: Tensor, of channels: Range<Int>?, explainedAs n: Int) -> [Float] {
    guard let channels else {
      return Self.scores(Array(repeating: targets[n], count: values.batchSize), of: values)
    }
    let width = values.shape.sample.count
    return (0..<values.batchSize).map { sample in
      Float(
        targets[n].terms.reduce(0.0) {
          $0 + Double($1.weight) * Double(values[sample * width + $1.index - channels.lowerBound])
        })
    }
  }
}
