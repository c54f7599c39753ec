public import SaliencyCore
internal import Support

/// Models in ONNX files, such as PyTorch exports, whatever the file is called.
public enum ONNXModel {
  /// Whether a file's content looks like an ONNX model.
  public static func recognises(path: String) -> Bool {
    guard let bytes = FileBytes(path: path) else { return false }
    return ModelMessage.recognises(ByteRange(bytes))
  }

  /// Loads a model for inference.
  ///
  /// A layer has the name of its node, or, where that has none, of the node's output. Weights stay in the mapped file as far as
  /// their order allows it.
  ///
  ///     let model = try ONNXModel.load(path: "resnet18.onnx")
  ///
  /// - Parameters:
  ///   - path: A model file; external data is looked for in its folder.
  ///   - inputSize: For models that take images of any size; another size than a model's own is an error.
  ///   - output: The output or the layer to explain, for a model with several outputs or for an inner layer.
  /// - Throws: `ONNXError`, naming file, node and reason.
  public static func load(
    path: String, inputSize: (height: Int, width: Int)? = nil, output: String? = nil
  ) throws(ONNXError) -> Model {
    try model(NetworkLoader(try bytes(of: path), file: path), inputSize: inputSize, output: output)
  }

  static func bytes(of path: String) throws(ONNXError) -> ByteRange {
    if let problem = RegularFile.problem(at: path) { throw .file(path, problem) }
    guard let bytes = FileBytes(path: path) else {
      throw .damaged(file: path, reason: "found an empty file, or one that cannot be read")
    }
    return ByteRange(bytes)
  }

  static func model(
    _ loader: NetworkLoader, inputSize: (height: Int, width: Int)?, output: String?
  ) throws(ONNXError) -> Model {
    let file = loader.file
    let network = try loader.network(inputSize: inputSize)
    let graph = network.graph
    let images = network.inputs.filter { graph[$0.feature.node].shape.rank == 3 }
    guard let input = (images.first ?? network.inputs.first)?.feature.node else {
      throw .damaged(file: file, reason: "found no input")
    }
    func model(_ node: NodeID) throws(ONNXError) -> Model {
      guard node != input else { throw .damaged(file: file, reason: "found an output that is the input") }
      return Model(name: network.name, graph: graph, input: input, output: node)
    }
    if let output {
      if case .feature(let feature)? = network.values[output] { return try model(feature.node) }
      do { return try model(try graph.find(output)) } catch let error as GraphError {
        throw .graph(file: file, error)
      } catch let error as ONNXError { throw error } catch { throw .damaged(file: file, reason: "\(error)") }
    }
    let nodes = network.outputs.compactMap { name in
      if case .feature(let feature)? = network.values[name] { return feature.node }
      return nil
    }
    guard let node = nodes.first else {
      throw .damaged(file: file, reason: "found no output that depends on an input")
    }
    guard network.outputs.count == 1 else { throw .severalOutputs(file: file, outputs: network.outputs) }
    return try model(node)
  }
}
