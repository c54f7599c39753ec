public import SaliencyCore
public import Support

/// Why an ONNX file could not be loaded: the file, the node, what was found, what was expected, what to do.
public enum ONNXError: Error, Equatable, CustomStringConvertible {
  /// There is no such file, or it cannot be read.
  case file(String, FileProblem)
  /// The bytes are no ONNX model, or a damaged one.
  case damaged(file: String, reason: String)
  /// An operator that is not supported; `reason` says why where there is a particular one.
  case unsupportedOperator(file: String, node: String, type: String, opset: Int, reason: String)
  /// An attribute or input of a supported operator that is not supported, or that is malformed.
  case unsupportedOption(file: String, node: String, type: String, option: String)
  /// A constant whose numbers cannot be read.
  case badTensor(file: String, tensor: String, reason: String)
  /// The layers do not fit together.
  case graph(file: String, GraphError)
  /// The file leaves the size of the image open, so that it has to be given.
  case inputSizeNeeded(file: String, input: String)
  /// A size was given, and the file fixes another.
  case inputSizeFixed(file: String, input: String, own: [Int?], found: [Int])
  /// The model has several outputs, of which one has to be named.
  case severalOutputs(file: String, outputs: [String])

  public var description: String {
    switch self {
    case .file(let file, let problem): "\(file): \(problem.sentence(wanted: "an ONNX model file"))"
    case .damaged(let file, let reason): "\(file): this is no ONNX model, or a damaged one: \(reason)"
    case .unsupportedOperator(let file, let node, let type, let opset, let reason):
      "\(file): node \"\(node)\": found operator \(type) (opset \(opset)), which is not supported\(reason)"
    case .unsupportedOption(let file, let node, let type, let option):
      "\(file): node \"\(node)\" (\(type)): \(option)"
    case .badTensor(let file, let tensor, let reason): "\(file): constant \"\(tensor)\": \(reason)"
    case .graph(let file, let error): "\(file): \(error)"
    case .inputSizeNeeded(let file, let input):
      "\(file): input \"\(input)\" has no fixed size; give one with --input-size HEIGHTxWIDTH"
    case .inputSizeFixed(let file, let input, let own, let found):
      "\(file): input \"\(input)\" has the fixed size \(size(own)), found \(size(found)) as the size of the input; leave "
        + "out --input-size (or input-size: in the sidecar)"
    case .severalOutputs(let file, let outputs):
      "\(file): the model has \(outputs.count) outputs; name the one to explain with --output-layer: "
        + outputs.joined(separator: ", ")
    }
  }
}

private func size(_ sides: [Int?]) -> String {
  sides.map { $0.map(String.init) ?? "any" }.joined(separator: "x")
}

/// What is wrong with one node, before file and node are named.
enum OperatorError: Error {
  /// The operator cannot be loaded at all; `nil` if there is nothing to say about it.
  case unsupported(String?)
  /// An attribute, an input or a shape that is not supported or malformed.
  case option(String)
  /// A constant that cannot be read.
  case tensor(String, String)
  /// The layer does not take its inputs.
  case graph(GraphError)

  /// The error with the file and the node.
  func located(file: String, node: NodeMessage, opset: Int) -> ONNXError {
    switch self {
    case .unsupported(let reason):
      .unsupportedOperator(
        file: file, node: node.label, type: node.domain.isEmpty ? node.type : "\(node.domain).\(node.type)",
        opset: opset, reason: reason.map { ": \($0)" } ?? OperatorTable.advice(for: node))
    case .option(let option):
      .unsupportedOption(file: file, node: node.label, type: node.type, option: option)
    case .tensor(let name, let reason): .badTensor(file: file, tensor: name, reason: reason)
    case .graph(let error): .graph(file: file, error)
    }
  }
}
