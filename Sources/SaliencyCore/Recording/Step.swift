/// A layer with the values it read and computed in one forward pass: what a backward rule sees.
///
/// A `Node` is the layer's place in the graph and holds no values; a step is a node on a tape, or a layer applied outside any graph.
public struct Step: Sendable {
  /// Where the values are.
  enum Source: Sendable {
    case tape(Tape, Node)
    case values(name: String, inputs: [Tensor], output: Tensor)
  }

  /// The layer that was applied.
  public let layer: any Layer
  private let source: Source

  init(layer: any Layer, source: Source) {
    self.layer = layer
    self.source = source
  }

  /// A layer applied to the given inputs, outside any graph.
  public init(name: String = "", applying layer: any Layer, to inputs: [Tensor]) {
    self.init(layer: layer, source: .values(name: name, inputs: inputs, output: layer(inputs)))
  }

  /// A layer outside any graph whose output for the given inputs is known.
  public init(name: String = "", layer: any Layer, inputs: [Tensor], output: Tensor) {
    self.init(layer: layer, source: .values(name: name, inputs: inputs, output: output))
  }

  /// The name of the node.
  public var name: String {
    switch source {
    case .tape(_, let node): node.name
    case .values(let name, _, _): name
    }
  }

  /// The node that was applied; nil outside any graph.
  public var node: Node? {
    if case .tape(_, let node) = source { return node }
    return nil
  }

  /// The tape that the step is on; nil outside any graph.
  ///
  /// The same node's step on another tape of the graph is `other.step(at: node.id)`.
  public var tape: Tape? {
    if case .tape(let tape, _) = source { return tape }
    return nil
  }

  /// The values of the layer's inputs.
  public var inputs: [Tensor] {
    switch source {
    case .tape(let tape, let node): node.inputs.map { tape[$0] }
    case .values(_, let inputs, _): inputs
    }
  }

  /// The shapes of the inputs, batch axis first.
  public var inputShapes: [Shape] {
    switch source {
    case .tape(let tape, let node): node.inputs.map { tape.node($0).shape.batched(tape.batchSize) }
    case .values(_, let inputs, _): inputs.map(\.shape)
    }
  }

  /// The shape of the first input.
  var inputShape: Shape {
    switch source {
    case .tape(let tape, let node): tape.node(node.inputs[0]).shape.batched(tape.batchSize)
    case .values(_, let inputs, _): inputs[0].shape
    }
  }

  /// The shape of the output.
  public var outputShape: Shape {
    switch source {
    case .tape(let tape, let node): node.shape.batched(tape.batchSize)
    case .values(_, _, let output): output.shape
    }
  }

  /// The layer's output.
  public var output: Tensor {
    switch source {
    case .tape(let tape, let node): tape[node.id]
    case .values(_, _, let output): output
    }
  }

  /// The output if it is saved; nil if it would have to be computed again.
  var storedOutput: Tensor? {
    switch source {
    case .tape(let tape, let node): tape.stored(node.id)
    case .values(_, _, let output): output
    }
  }

  /// The argmax indices of a max pooling, if the tape saved them.
  var argmax: ArgmaxIndices? {
    if case .tape(let tape, let node) = source { return tape.argmax(node.id) }
    return nil
  }

  /// The mask of a ReLU, or the output that it can be read from.
  var reluMask: ReLUMaskSource {
    switch source {
    case .tape(let tape, let node): tape.reluMask(node.id)
    case .values(_, _, let output): .values(FeatureView(output))
    }
  }

  /// The gradient at each input, if the signal at the output is a gradient: the layer's own pullback.
  ///
  /// - Precondition: The signal has the shape of the output.
  public func pullback(_ signal: Tensor) -> [Tensor] {
    precondition(
      signal.shape == outputShape,
      "layer \"\(name)\": a signal of shape \(signal.shape) at an output of shape \(outputShape)")
    return layer.pullback(signal, at: self)
  }

  /// The same layer, applied again to changed inputs with changed parameters (LRP's modified passes).
  public func replayed(
    inputs change: (Tensor) -> Tensor = { $0 }, parameters: (Parameter) -> Tensor = { $0.value }
  ) -> Step {
    let layer = (self.layer as? any ParametricLayer)?.mapParameters(parameters) ?? self.layer
    return Step(name: name, applying: layer, to: inputs.map(change))
  }
}
