import SaliencyCore

/// A graph of layers with the names of ONNX's graph.
struct Network {
  let name: String
  let graph: Graph
  /// The inputs that are no constants.
  let inputs: [(name: String, feature: Feature)]
  /// The names of the outputs, in order.
  let outputs: [String]
  /// What each name is that was computed.
  let values: [String: Value]
}

/// Builds a graph of layers from the messages of a file.
struct NetworkLoader {
  let file: String
  let model: ModelMessage
  let graph: GraphMessage
  let opset: Int
  /// Inputs that are given as constants, by name.
  var constants: [String: Constant] = [:]
  /// Whether the first axis of the inputs is a batch; otherwise one sample has all axes.
  var hasBatchAxis = true
  private let byteCount: Int

  /// - Throws: `ONNXError.damaged` if there is no graph, or of a version that is not read.
  init(_ bytes: ByteRange, file: String) throws(ONNXError) {
    self.file = file
    byteCount = bytes.count
    do { model = try ModelMessage(bytes) } catch {
      throw .damaged(file: file, reason: "\(error.reason) at byte \(error.position)")
    }
    guard let graph = model.graph else { throw .damaged(file: file, reason: "found no graph") }
    guard model.irVersion >= ModelMessage.oldestVersion else {
      throw .damaged(
        file: file,
        reason: "found format version \(model.irVersion), expected \(ModelMessage.oldestVersion) or later")
    }
    self.graph = graph
    opset = model.opsets[""] ?? 1
    guard !graph.hasSparseInitializers else {
      throw .damaged(file: file, reason: "found sparse constants, which are not supported")
    }
  }

  // MARK: Inputs

  /// The inputs that are no constants.
  var inputs: [ValueMessage] {
    let known = Set(graph.initializers.map(\.name)).union(constants.keys)
    return graph.inputs.filter { !known.contains($0.name) }
  }

  // MARK: Nodes

  /// The layers of the whole graph, as far as its outputs depend on them.
  ///
  /// - Throws: `ONNXError`, naming the node.
  func network(inputSize: (height: Int, width: Int)?) throws(ONNXError) -> Network {
    var builder = try preparedBuilder()
    var inputs: [(name: String, feature: Feature)] = []
    for input in self.inputs {
      let layout = try InputLayout(input, file: file, hasBatchAxis: hasBatchAxis).resolved(
        to: inputSize, file: file)
      do {
        let node = try builder.addInput(named: input.name, shape: Shape(layout.shape))
        inputs.append((input.name, Feature(node: node, shape: builder.shape(node), axes: layout.axes)))
      } catch { throw .graph(file: file, error) }
      builder.values[input.name] = .feature(inputs[inputs.count - 1].feature)
    }
    for node in try neededNodes() { try add(node, to: &builder) }
    let outputs = graph.outputs.map(\.name)
    for name in outputs where builder.values[name] == nil {
      throw .damaged(file: file, reason: "found the output \"\(name)\", which no node computes")
    }
    return Network(
      name: graph.name, graph: builder.graph, inputs: inputs, outputs: outputs, values: builder.values)
  }

  private func preparedBuilder() throws(ONNXError) -> NetworkBuilder {
    var readers: [String: [NodeMessage]] = [:]
    for node in graph.nodes {
      for name in Set(node.inputs) where !name.isEmpty { readers[name, default: []].append(node) }
    }
    let budget = (1 << 22) + byteCount / 4 * 8
    var builder = NetworkBuilder(opset: opset, readers: readers, constantBudget: budget)
    builder.outputs = Set(graph.outputs.map(\.name))
    var reader = TensorReader(folder: folder)
    for message in graph.initializers {
      do { builder.values[message.name] = .constant(try reader.constant(message)) } catch {
        throw error.located(file: file, message)
      }
      builder.weights.insert(message.name)
    }
    for (name, constant) in constants { builder.values[name] = .constant(constant) }
    // Known before the nodes that read them, so that patterns of several nodes are found.
    for node in graph.nodes where node.type == "Constant" && node.domain.isEmpty {
      do { builder.values[node.outputs.first ?? ""] = .constant(try constant(node)) } catch {
        throw error.located(file: file, node: node, opset: opset)
      }
    }
    return builder
  }

  private var folder: String {
    guard let slash = file.lastIndex(of: "/") else { return "" }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  /// The nodes that an output depends on, in the file's order.
  private func neededNodes() throws(ONNXError) -> [NodeMessage] {
    var needed = Set(graph.outputs.map(\.name))
    var result: [NodeMessage] = []
    for node in graph.nodes.reversed() where node.outputs.contains(where: needed.contains) {
      needed.formUnion(node.inputs)
      result.append(node)
    }
    return result.reversed()
  }

  private func add(_ node: NodeMessage, to builder: inout NetworkBuilder) throws(ONNXError) {
    if let first = node.outputs.first, builder.absorbed.contains(first) { return }
    if node.type == "Constant", node.domain.isEmpty { return }
    var inputs: [Value?] = []
    for name in node.inputs {
      if name.isEmpty {
        inputs.append(nil)
      } else if let value = builder.values[name] {
        inputs.append(value)
      } else {
        throw .damaged(
          file: file, reason: "node \"\(node.label)\" reads \"\(name)\", which no node before it computes")
      }
    }
    let operation = Operation(node: node, inputs: inputs, opset: opset)
    builder.begin(node.label)
    do throws(OperatorError) {
      let results = try results(of: operation, &builder)
      for (name, value) in zip(node.outputs, results) where !name.isEmpty { builder.values[name] = value }
    } catch {
      throw error.located(file: file, node: node, opset: opset)
    }
  }

  private func results(
    of operation: Operation, _ builder: inout NetworkBuilder
  ) throws(OperatorError) -> [Value] {
    let node = operation.node
    if node.domain.isEmpty {
      if let fold = ConstantOperators.byType[node.type], let constants = operation.constants {
        return try folded(operation, constants, fold, &builder)
      }
    }
    guard let decoder = OperatorTable.decoder(for: node) else { throw .unsupported(nil) }
    return try decoder.decode(&builder, operation)
  }

  /// Operators that give their input's numbers as they are.
  private static let rearranging: Set<String> = [
    "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "Cast", "Expand",
  ]

  private func folded(
    _ operation: Operation, _ inputs: [Constant], _ fold: ConstantOperators.Fold,
    _ builder: inout NetworkBuilder
  ) throws(OperatorError) -> [Value] {
    let results = try fold(operation, max(builder.constantBudget, 1))
    let isFree = ["Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten"].contains(operation.type)
    if !isFree { try builder.charge((inputs + results).reduce(1) { $0 + $1.count }) }
    if Self.rearranging.contains(operation.type), let name = operation.name(0),
      builder.weights.contains(name),
      let output = operation.node.outputs.first, results.first?.count == inputs.first?.count
    {
      builder.weights.insert(output)
    }
    return results.map { .constant($0) }
  }

  /// The value of a `Constant` node.
  private func constant(_ node: NodeMessage) throws(OperatorError) -> Constant {
    if let message = node.attributes["value"]?.tensor {
      var reader = TensorReader(folder: folder)
      return try reader.constant(message)
    }
    if let number = node.attributes["value_float"]?.float {
      return Constant([Double(number)], sizes: [], type: .float)
    }
    if let number = node.attributes["value_int"]?.integer {
      return Constant([Double(number)], sizes: [], type: .int64)
    }
    if let attribute = node.attributes["value_floats"] {
      return Constant(attribute.floats.map(Double.init), sizes: [attribute.floats.count], type: .float)
    }
    if let attribute = node.attributes["value_ints"] { return Constant(attribute.integers) }
    throw .option("found a constant that is neither numbers nor a number")
  }
}

extension Operation {
  /// All inputs, if they are constants; left-out ones do not count.
  fileprivate var constants: [Constant]? {
    var result: [Constant] = []
    for input in inputs {
      switch input {
      case .constant(let constant): result.append(constant)
      case .feature: return nil
      case nil: break
      }
    }
    return result
  }
}

extension OperatorError {
  /// The error of a constant that the file holds.
  fileprivate func located(file: String, _ message: TensorMessage) -> ONNXError {
    if case .tensor(let name, let reason) = self {
      return .badTensor(file: file, tensor: name, reason: reason)
    }
    return .badTensor(file: file, tensor: message.name, reason: "it cannot be read")
  }
}
