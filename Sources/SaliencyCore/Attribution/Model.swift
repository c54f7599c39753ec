/// A network with its image input, the output that is explained, and the score before the final softmax.
public struct Model: Sendable {
  public var name: String
  /// The graph of layers.
  public let graph: Graph
  /// The image input.
  public let input: NodeID
  /// The output that is explained, as the file has it: usually probabilities.
  public let output: NodeID
  /// The node before the final softmax or sigmoid (the output itself where there is none): what is explained.
  public let score: NodeID
  /// What the numbers of the output are.
  public let outputKind: OutputKind
  /// The labels of the classes, in order; nil if they are not known.
  public var labels: [String]?
  /// The value of a black pixel in each channel of the input; nil if the preprocessing is not known.
  public var black: [Float]?
  /// The value of a white pixel in each channel of the input; nil if the preprocessing is not known.
  public var white: [Float]?
  /// The most samples that `microBatch` may take; smaller if memory is limited.
  public var batchLimit = Int.max
  /// Values for the graph's other inputs, each a batch of one.
  private(set) var fixedInputs: [NodeID: Tensor] = [:]

  /// A model that explains `output`.
  ///
  /// - Parameter output: The node to explain; its final softmax or sigmoid is looked through.
  public init(name: String, graph: Graph, input: NodeID, output: NodeID, labels: [String]? = nil) {
    self.name = name
    self.graph = graph
    self.input = input
    self.output = output
    self.labels = labels
    (score, outputKind) = graph.head(of: output)
  }

  /// The least and the greatest value of each channel of the input, if it is known how images are preprocessed (LRP's z-box).
  public var inputBounds: (low: [Float], high: [Float])? {
    guard let black, let white else { return nil }
    return (zip(black, white).map { min($0, $1) }, zip(black, white).map { max($0, $1) })
  }

  /// The shape of one input sample.
  public var inputShape: Shape { graph[input].shape }

  /// The number of classes: of scores, or of the channels of an output that is a map or a list.
  public var classCount: Int {
    let shape = graph[score].shape
    return shape.isFlat ? shape.count : shape.dimensions.last ?? 1
  }

  /// Checks that the output is a row of class scores, not a map or a list.
  ///
  /// - Parameter file: What the error calls the model; its name by default.
  /// - Throws: `TargetError.noClasses`.
  public func requireClasses(of file: String? = nil) throws(TargetError) {
    for node in [output, score] where !graph[node].shape.isFlat {
      throw .noClasses(model: file ?? name, output: graph[node].name, shape: graph[node].shape)
    }
  }

  /// The same model with another graph that has the same nodes.
  public func replacingGraph(_ graph: Graph) -> Model {
    var copy = Model(name: name, graph: graph, input: input, output: output, labels: labels)
    copy.fixedInputs = fixedInputs
    (copy.black, copy.white) = (black, white)
    copy.batchLimit = batchLimit
    return copy
  }

  /// The model with one of its other inputs set to a constant, a batch of one.
  ///
  /// - Throws: `GraphError.unknownNode`, or `.badFeed` if the value does not fit.
  public func fixing(_ name: String, at value: Tensor) throws(GraphError) -> Model {
    let id = try graph.find(name)
    let shape = graph[id].shape
    guard value.shape == shape.batched(1), graph[id].layer == nil else {
      throw .badFeed(input: name, found: value.shape, wanted: shape)
    }
    var copy = self
    copy.fixedInputs[id] = value
    return copy
  }

  /// Applies the network to a batch, as far as is needed for `nodes`.
  ///
  /// - Parameter first: The nodes at which backward passes will end, if that is known (`Tape`).
  /// - Throws: `GraphError.badFeed` if the batch does not fit the input, or another input has no value.
  public func record(
    _ batch: Tensor, upTo nodes: [NodeID], from first: [NodeID]? = nil
  ) throws(GraphError) -> Tape {
    try Tape(graph, feeding: feeds(batch), upTo: nodes, from: first)
  }

  /// The scores of a batch, `[N, classes]`, without a record (`values(of:for:)`).
  ///
  /// - Throws: `GraphError.badFeed` if the batch does not fit the input, or another input has no value.
  public func scores(_ batch: Tensor) throws(GraphError) -> Tensor { try values(of: [score], for: batch)[0] }

  /// The values of some nodes for a batch, each `[N]` + the node's shape, if no backward pass follows.
  ///
  /// Nothing is recorded, so that memory is that of the largest activations. The values are those of a tape, bit for bit.
  ///
  /// - Throws: `GraphError.badFeed` if the batch does not fit the input, or another input has no value.
  public func values(of nodes: [NodeID], for batch: Tensor) throws(GraphError) -> [Tensor] {
    try Tape.values(of: nodes, in: graph, feeding: feeds(batch))
  }

  func feeds(_ batch: Tensor) throws(GraphError) -> [Tensor] {
    var feeds: [Tensor] = []
    for id in graph.inputs {
      if id == input {
        feeds.append(batch)
      } else if let fixed = fixedInputs[id] {
        feeds.append(fixed.repeated(batch.batchSize))
      } else {
        throw .badFeedCount(found: 1 + fixedInputs.count, wanted: graph.inputs.map { graph[$0].name })
      }
    }
    return feeds
  }
}

/// What the numbers of a model's output are.
public enum OutputKind: String, Sendable, Codable, CaseIterable {
  /// Probabilities of classes of which one is right: a final softmax.
  case softmax
  /// A probability for each class on its own: a final sigmoid.
  case sigmoid
  /// Numbers without a final softmax or sigmoid: logits, or the values of a regression.
  case bare
}

extension Graph {
  /// The node before a final softmax or sigmoid (the output itself if there is none), looking through layers that only
  /// rearrange.
  func head(of output: NodeID) -> (score: NodeID, kind: OutputKind) {
    var id = output
    while let layer = self[id].layer, let source = self[id].inputs.first {
      if layer is Softmax { return (source, .softmax) }
      if layer as? Activation == .sigmoid { return (source, .sigmoid) }
      guard layer is any IdentityLayer || layer is Flatten || layer is Reshape else { break }
      id = source
    }
    return (output, .bare)
  }
}
