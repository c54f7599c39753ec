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
  ///   - path: What stands before the names of its layers, such as `base/`.
  ///   - key: The same without marks of repeated use: where its weights are found.
  mutating func add(
    _ model: ModelConfig, to inputs: [Value], path: String, key: String
  ) throws(LoadError) -> [Value] {
    model.isSequential
      ? try addSequence(model, to: inputs, path: path, key: key)
      : try addNetwork(model, to: inputs, path: path, key: key)
  }

  private mutating func addSequence(
    _ model: ModelConfig, to inputs: [Value], path: String, key: String
  ) throws(LoadError) -> [Value] {
    var values = inputs
    for layer in model.layers where layer.type != "InputLayer" {
      let call = LayerCall(tensors: [], arguments: .null)
      values = try apply(layer, call, to: values, name: path + layer.name, key: key + layer.name)
    }
    return values
  }

  private mutating func addNetwork(
    _ model: ModelConfig, to inputs: [Value], path: String, key: String
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
      let outputs = try apply(layer, call, to: values, name: path + layer.name + mark, key: key + layer.name)
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

  // MARK: One layer

  private mutating func apply(
    _ layer: LayerConfig, _ call: LayerCall, to inputs: [Value], name: String, key: String
  ) throws(LoadError) -> [Value] {
    if let nested = layer.nested { return try add(nested, to: inputs, path: name + "/", key: key + "/") }
    if let objection = LayerTable.objection(to: layer) { throw error(objection, layer, name) }
    guard let decoder = LayerTable.decoder(for: layer.type) else {
      throw error(.unsupported(nil), layer, name)
    }
    let (values, isChannelsFirst) = try arranged(inputs, for: layer, decoder, name: name)
    let specs = decoder.weights(layer, dialect)
    let tensors =
      random?.tensors(
        for: specs, of: layer, at: key,
        channels: values.first.flatMap { graph[$0.id].shape.dimensions.last } ?? 1)
      ?? weights[key] ?? []
    guard tensors.count == specs.count else {
      throw .missingWeights(file: file, layer: name, reason: "its weights are not in the file")
    }
    let context = DecoderContext(
      layer: layer, dialect: dialect, arguments: call.arguments, inputs: values.map { graph[$0.id].shape },
      isChannelsFirst: isChannelsFirst,
      weights: Dictionary(zip(specs.map(\.name), tensors), uniquingKeysWith: { first, _ in first }))
    let nodes: [DecodedNode]
    do { nodes = try decoder.decode(context) } catch { throw self.error(error, layer, name) }
    let last = try append(nodes, reading: values.map(\.id), name: name, key: key)
    return [Value(id: last, isChannelsFirst: isChannelsFirst && graph[last].shape.rank == 3)]
  }

  private func error(_ error: DecodeError, _ layer: LayerConfig, _ name: String) -> LoadError {
    switch error {
    case .option(let option): .unsupportedOption(file: file, layer: name, type: layer.type, option: option)
    case .unsupported(let reason):
      .unsupportedLayer(file: file, layer: name, type: layer.type, reason: reason)
    }
  }

  private mutating func append(
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

  private mutating func add(
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
    var count = 1
    for side in graph[id].shape.dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard !overflow, product <= Self.mostElements else {
        throw .graph(
          file: file,
          .badInputs(
            layer: graph[id].name, found: graph[id].inputs.map { graph[$0].shape },
            wanted: "an output of less than \(Self.mostElements) elements, not \(graph[id].shape)"))
      }
      count = product
    }
  }

  // MARK: Order of axes

  /// The inputs with their axes in the order that a layer wants.
  private mutating func arranged(
    _ inputs: [Value], for layer: LayerConfig, _ decoder: LayerDecoder, name: String
  ) throws(LoadError) -> (values: [Value], isChannelsFirst: Bool) {
    let rank = inputs.map { graph[$0.id].shape.rank }.max() ?? 0
    let maps = inputs.filter { graph[$0.id].shape.rank == 3 }
    var wanted = decoder.axisOrder(layer, rank)
    if wanted == nil, maps.contains(where: \.isChannelsFirst) {
      // Merging maps of both orders, or a map with a vector, is done in Keras' order.
      wanted =
        maps.count == inputs.count && maps.allSatisfy(\.isChannelsFirst) ? .channelsFirst : .channelsLast
    }
    guard let wanted else { return (inputs, false) }
    var values: [Value] = []
    for (position, value) in inputs.enumerated() {
      let mark = inputs.count > 1 ? "\(position + 1)" : ""
      values.append(try arranged(value, wanted, name: name, mark: mark))
    }
    return (values, wanted == .channelsFirst)
  }

  private mutating func arranged(
    _ value: Value, _ wanted: AxisOrder, name: String, mark: String
  ) throws(LoadError) -> Value {
    guard graph[value.id].shape.rank == 3, value.isChannelsFirst != (wanted == .channelsFirst) else {
      return value
    }
    let isFirst = wanted == .channelsFirst
    let label = "\(name).\(isFirst ? "channels_first" : "channels_last")\(mark)"
    let id = try add(
      Permute(isFirst ? [1, 2, 0] : [2, 0, 1]), named: label, layerName: label, inputs: [value.id])
    return Value(id: id, isChannelsFirst: isFirst)
  }
}
