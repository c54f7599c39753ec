import HDF5
import SaliencyCore

/// Turns a configuration and its weights into a graph: names, shapes and the order of axes.
struct GraphBuilder {
  /// A node as Keras sees it.
  struct Value {
    var id: NodeID
    /// Keras' axes are (channels, height, width); the node's are (height, width, channels) all the same.
    var isChannelsFirst = false
  }

  /// Elements of one sample of one node beyond which a shape is a mistake: 4 GiB.
  private static let mostElements = 1 << 30

  let file: String
  let dialect: Dialect
  let weights: [String: [Tensor]]
  /// What makes the weights where there is no file of them.
  var random: RandomWeights?
  private(set) var graph = Graph()
  /// The nodes of each layer's first use, by where its weights are found: later uses share their parameters.
  private var firstUses: [String: [NodeID]] = [:]

  init(file: String, dialect: Dialect, weights: [String: [Tensor]]) {
    self.file = file
    self.dialect = dialect
    self.weights = weights
  }

  /// Adds an input of the graph.
  mutating func addInput(named name: String, shape: Shape, isChannelsFirst: Bool) throws(LoadError) -> Value {
    do {
      let id = try graph.addInput(named: name, shape: shape)
      try checkSize(of: id)
      return Value(id: id, isChannelsFirst: isChannelsFirst && shape.rank == 3)
    } catch let error as GraphError {
      throw .graph(file: file, error)
    } catch let error as LoadError {
      throw error
    } catch {
      throw .badConfiguration(file: file, reason: "\(error)")
    }
  }

  /// Adds the layers of a model that reads `inputs`; its outputs.
  ///
  /// - Parameters:
  ///   - path: The prefix of the names of its layers, such as `base/`.
  ///   - key: The same without marks of repeated use: where its weights are found.
  ///   - isTraining: Whether the model is called with `training=True`, which its layers then inherit.
  mutating func add(
    _ model: ModelConfig, to inputs: [Value], path: String, key: String, isTraining: Bool = false
  ) throws(LoadError) -> [Value] {
    let place = Place(path: path, key: key, isTraining: isTraining)
    return model.isSequential
      ? try addSequence(model, to: inputs, at: place) : try addNetwork(model, to: inputs, at: place)
  }

  /// Where layers are added: the prefix of their names, and the name of the model around them.
  struct Place {
    var path: String
    var key: String
    var isTraining: Bool

    func of(_ layer: LayerConfig, _ call: LayerCall, mark: String = "") -> Place {
      Place(
        path: path + layer.name + mark, key: key + layer.name, isTraining: call.isTraining ?? isTraining)
    }
  }

  private mutating func addSequence(
    _ model: ModelConfig, to inputs: [Value], at place: Place
  ) throws(LoadError) -> [Value] {
    var values = inputs
    for layer in model.layers where layer.type != "InputLayer" {
      values = try apply(layer, LayerCall(), to: values, at: place.of(layer, LayerCall()))
    }
    return values
  }

  private mutating func addNetwork(
    _ model: ModelConfig, to inputs: [Value], at place: Place
  ) throws(LoadError) -> [Value] {
    var network = CallOrder(model: model)
    guard model.inputs.count == inputs.count else {
      throw .badConfiguration(
        file: file,
        reason: "model \"\(model.name)\" has \(model.inputs.count) inputs and is given \(inputs.count)")
    }
    for (reference, value) in zip(model.inputs, inputs) { network.values[reference] = [value] }
    while let (layer, index, call, values) = try next(&network) {
      let mark = index == 0 ? "" : "@\(index + 1)"
      let outputs = try apply(layer, call, to: values, at: place.of(layer, call, mark: mark))
      network.finish(layer, call: index, outputs)
    }
    var outputs: [Value] = []
    for reference in model.outputs {
      guard let value = network.value(reference) else {
        throw .badConfiguration(
          file: file,
          reason: "output \"\(reference.layer)\" of model \"\(model.name)\" is not one of its layers")
      }
      outputs.append(value)
    }
    return outputs
  }

  private func next(
    _ network: inout CallOrder
  ) throws(LoadError) -> (LayerConfig, Int, LayerCall, [Value])? {
    do {
      return try network.next()
    } catch {
      throw .badConfiguration(file: file, reason: error.reason)
    }
  }

  mutating func append(
    _ nodes: [DecodedNode], reading inputs: [NodeID], name: String, key: String
  ) throws(LoadError) -> NodeID {
    var made: [NodeID] = []
    let firstUse = firstUses[key]
    let lastParametric = nodes.lastIndex { $0.layer is any ParametricLayer }
    for (position, node) in nodes.enumerated() {
      let isLast = position == nodes.count - 1
      var sources: [NodeID] = []
      for operand in node.operands {
        switch operand {
        case .allInputs: sources += inputs
        case .input(let index): sources.append(inputs[index])
        case .previous: sources += made.suffix(1)
        case .node(let label): sources += nodes.firstIndex { $0.label == label }.map { [made[$0]] } ?? []
        case .allNodes: sources += made
        }
      }
      // Of several parts with parameters, such as a separable convolution's two kernels, the last has the layer's name.
      let isPart = node.layer is any ParametricLayer && position != lastParametric
      let id = try add(
        node.layer, named: isLast ? name : "\(name).\(node.label)",
        layerName: isPart ? "\(key).\(node.label)" : key,
        sharing: shared(node.layer, firstUse, position), inputs: sources)
      made.append(id)
    }
    firstUses[key] = firstUse ?? made
    guard let last = made.last else { preconditionFailure("a decoder gives at least one node") }
    return last
  }

  /// The node of a layer's first use that applies the same parameters as a later one.
  private func shared(_ layer: any Layer, _ firstUse: [NodeID]?, _ position: Int) -> NodeID? {
    guard layer is any ParametricLayer, let firstUse, firstUse.indices.contains(position),
      let first = graph[firstUse[position]].layer, type(of: first) == type(of: layer)
    else { return nil }
    return firstUse[position]
  }

  mutating func add(
    _ layer: any Layer, named name: String, layerName: String, sharing other: NodeID? = nil,
    inputs: [NodeID]
  ) throws(LoadError) -> NodeID {
    let id: NodeID
    do { id = try graph.add(layer, named: name, layerName: layerName, sharing: other, inputs: inputs) } catch
    {
      throw .graph(file: file, error)
    }
    try checkSize(of: id)
    return id
  }

  private func checkSize(of id: NodeID) throws(LoadError) {
    let shape = graph[id].shape
    guard elementCount(of: shape.dimensions, limit: Self.mostElements) != nil, !shape.dimensions.contains(0)
    else {
      throw .graph(
        file: file,
        .badInputs(
          layer: graph[id].name, found: graph[id].inputs.map { graph[$0].shape },
          wanted: "an output of 1 to \(Self.mostElements) elements, not \(shape)"))
    }
  }
}
