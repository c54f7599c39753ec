public import SaliencyCore

/// Small networks with seeded weights, named as the Keras importer names them.
///
/// The op before a fused activation is `NAME.linear`; `NAME` is the activation's output.
public enum TinyNetworks {
  /// Convolutions, global average pooling, dense, softmax: CAM applies.
  ///
  /// Input (7, 9, 2), three classes.
  public static func gap(seed: UInt64 = 11) throws -> Model {
    var net = NetworkBuilder(input: [7, 9, 2], seed: seed)
    try net.convolution("conv1", filters: 4)
    try net.add(
      BatchNormalization(
        gamma: net.positive([4]), beta: net.normal([4]), mean: net.normal([4]), variance: net.positive([4])),
      named: "bn1")
    try net.convolution("conv2", filters: 5)
    try net.add(GlobalAveragePool2D(), named: "gap")
    try net.dense("predictions", units: 3, activation: Softmax())
    return net.model(named: "tiny-gap")
  }

  /// Convolutions, max pooling, flatten, two dense layers, softmax: CAM does not apply.
  ///
  /// Input (8, 8, 3), four classes.
  public static func vgg(seed: UInt64 = 12) throws -> Model {
    var net = NetworkBuilder(input: [8, 8, 3], seed: seed)
    try net.convolution("block1_conv1", filters: 4)
    try net.add(MaxPool2D(2, 2), named: "block1_pool")
    try net.convolution("block2_conv1", filters: 6)
    try net.add(MaxPool2D(2, 2), named: "block2_pool")
    try net.add(Flatten(), named: "flatten")
    try net.dense("fc1", units: 7, activation: ReLU())
    try net.dense("predictions", units: 4, activation: Softmax())
    return net.model(named: "tiny-vgg")
  }

  /// A `ReLU` layer, fused ReLUs, a ReLU6, a convolution used twice, Add and Concatenate, then a pooled dense head.
  ///
  /// Input (6, 6, 3), three classes. Four ReLUs on the way: `relu`, `relu6`, `branch`, `mixed`.
  public static func mixed(seed: UInt64 = 13) throws -> Model {
    var net = NetworkBuilder(input: [6, 6, 3], seed: seed)
    try net.convolution("stem", filters: 4, activation: nil)
    let relu = try net.add(ReLU(), named: "relu")
    let shared = net.convolutionLayer(inputs: 4, filters: 4)
    let once = try net.add(shared, named: "shared")
    // Small offsets and large weights, so that some units reach the cap of 6 and some do not.
    let six = try net.add(ReLU(maximum: 6), named: "relu6")
    let twice = try net.add(shared, named: "shared_1", sharing: once, inputs: [six])
    let sum = try net.add(Merge(.add), named: "add", inputs: [relu, twice])
    let branch = try net.convolution("branch", filters: 3, after: once)
    try net.add(Concatenate(), named: "concatenate", inputs: [sum, branch])
    try net.convolution("mixed", filters: 5)
    try net.add(GlobalAveragePool2D(), named: "gap")
    try net.dense("predictions", units: 3, activation: Softmax())
    return net.model(named: "tiny-mixed")
  }

  /// A model that applies the given layers one after the other.
  public static func chain(
    _ input: Shape, _ layers: [(name: String, layer: any Layer)], name: String = "chain",
    labels: [String]? = nil
  ) throws -> Model {
    var net = NetworkBuilder(input: input)
    for (name, layer) in layers { try net.add(layer, named: name) }
    var model = net.model(named: name)
    model.labels = labels
    return model
  }

  /// A batch of standard normal images for a model.
  public static func images(for model: Model, count: Int, seed: UInt64 = 5) -> Tensor {
    CounterRandom(seed: seed).normal(shape: model.inputShape.batched(count))
  }
}

/// Adds layers one after another and draws their weights.
public struct NetworkBuilder {
  public private(set) var graph = Graph()
  public private(set) var last: NodeID
  private let input: NodeID
  private let seed: UInt64
  private var drawn: UInt64 = 0

  public init(input shape: Shape, seed: UInt64 = 1) {
    self.seed = seed
    do {
      input = try graph.addInput(named: "input", shape: shape)
    } catch {
      preconditionFailure("an empty graph has no node of the input's name: \(error)")
    }
    last = input
  }

  /// Adds a layer that reads the given nodes, or the last one.
  @discardableResult
  public mutating func add(
    _ layer: any Layer, named name: String, layerName: String? = nil, sharing other: NodeID? = nil,
    inputs: [NodeID]? = nil
  ) throws(GraphError) -> NodeID {
    last = try graph.add(
      layer, named: name, layerName: layerName, sharing: other, inputs: inputs ?? [last])
    return last
  }

  /// Adds a 3 x 3 convolution that keeps the map's size, `NAME.linear`, and its activation, `NAME`.
  @discardableResult
  public mutating func convolution(
    _ name: String, filters: Int, after source: NodeID? = nil, activation: (any Layer)? = ReLU()
  ) throws(GraphError) -> NodeID {
    if let source { last = source }
    let layer = convolutionLayer(inputs: graph[last].shape[2], filters: filters)
    return try add(layer, named: name, activation: activation)
  }

  /// Adds a dense layer, `NAME.linear`, and its activation, `NAME`.
  @discardableResult
  public mutating func dense(
    _ name: String, units: Int, activation: (any Layer)? = nil
  ) throws(GraphError) -> NodeID {
    let inputs = graph[last].shape.dimensions.last ?? 1
    let kernel = normal([inputs, units]) * Float(2 / Double(inputs)).squareRoot()
    return try add(Dense(kernel: kernel, bias: normal([units]) * 0.1), named: name, activation: activation)
  }

  private mutating func add(
    _ layer: any Layer, named name: String, activation: (any Layer)?
  ) throws(GraphError) -> NodeID {
    guard let activation else { return try add(layer, named: name) }
    try add(layer, named: name + ".linear", layerName: name)
    return try add(activation, named: name, layerName: name)
  }

  /// A 3 x 3 convolution with weights of He's variance, `same` padding.
  public mutating func convolutionLayer(inputs: Int, filters: Int) -> Conv2D {
    let kernel = normal([3, 3, inputs, filters]) * Float(2 / Double(9 * inputs)).squareRoot()
    return Conv2D(kernel: kernel, bias: normal([filters]) * 0.1, padding: .same)
  }

  /// Standard normal numbers, new ones at each call.
  public mutating func normal(_ shape: Shape) -> Tensor {
    drawn += 1
    return CounterRandom(seed: seed, path: drawn).normal(shape: shape)
  }

  /// Numbers between a half and one and a half, new ones at each call.
  public mutating func positive(_ shape: Shape) -> Tensor {
    drawn += 1
    return CounterRandom(seed: seed, path: drawn).uniform(0.5..<1.5, shape: shape)
  }

  /// The network from the input to the last node.
  public func model(named name: String) -> Model {
    Model(name: name, graph: graph, input: input, output: last)
  }
}
