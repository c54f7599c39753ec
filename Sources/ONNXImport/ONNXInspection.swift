/// What a model's file holds, as far as it can be told: also of a file that cannot be loaded.
public struct ONNXInspection: Sendable, Equatable {
  /// One node, in the order of the file; nodes that only compute shapes are left out.
  public struct Layer: Sendable, Equatable {
    /// The name of the node, or of its output.
    public var name: String
    /// The operator, such as `Conv`.
    public var type: String
    /// The shapes of the weights that it reads.
    public var weights: [[Int]]
    /// Why the node cannot be loaded; nil if it can.
    public var problem: String?
  }

  /// An input: height, width, channels, of which nil is a size that the file leaves open.
  public struct Input: Sendable, Equatable {
    /// The name.
    public var name: String
    /// The sizes of the axes; nil if the file leaves one open.
    public var shape: [Int?]
  }

  /// The name of the graph.
  public var name: String
  /// Such as `ONNX, operator set 17`.
  public var format: String
  /// The program that wrote the file, such as `pytorch 2.13.0`.
  public var producer: String
  /// The inputs of the model.
  public var inputs: [Input]
  /// The nodes of the model.
  public var layers: [Layer]
  /// Why the model cannot be loaded.
  public var problems: [String]
  /// The error that loading ends with; nil if the model loads.
  public var error: ONNXError?
}

extension ONNXModel {
  /// Reads what a file holds without its weights' values; what cannot be loaded is listed, with the reason.
  ///
  /// - Throws: `ONNXError` only where the file is no model at all, or damaged.
  public static func inspect(path: String) throws(ONNXError) -> ONNXInspection {
    let loader = try NetworkLoader(try bytes(of: path), file: path)
    let weights = Dictionary(
      loader.graph.initializers.map { ($0.name, $0.sizes) }, uniquingKeysWith: { first, _ in first })
    let layers = loader.graph.nodes.filter { !isArithmeticOfShapes($0) }.map { node in
      let problem =
        OperatorTable.knows(node) ? nil : "\(node.type) is not supported\(OperatorTable.advice(for: node))"
      return ONNXInspection.Layer(
        name: node.label, type: node.type, weights: node.inputs.compactMap { weights[$0] }, problem: problem)
    }
    var error: ONNXError?
    do { _ = try load(path: path) } catch let failure {
      switch failure {
      case .inputSizeNeeded, .severalOutputs: break  // requests, not defects
      default: error = failure
      }
    }
    var inputs: [ONNXInspection.Input] = []
    for input in loader.inputs {
      guard let layout = try? InputLayout(input, file: path) else { continue }
      inputs.append(.init(name: input.name, shape: layout.sizes))
    }
    var problems = layers.compactMap { layer in layer.problem.map { "node \"\(layer.name)\": \($0)" } }
    if let error, problems.isEmpty { problems.append("\(error)") }
    return ONNXInspection(
      name: loader.graph.name, format: "ONNX, operator set \(loader.opset)",
      producer: [loader.model.producer, loader.model.producerVersion].filter { !$0.isEmpty }.joined(
        separator: " "),
      inputs: inputs, layers: layers, problems: problems, error: error)
  }

  private static func isArithmeticOfShapes(_ node: NodeMessage) -> Bool {
    node.domain.isEmpty && ["Constant", "Shape", "ConstantOfShape", "Range"].contains(node.type)
  }
}
