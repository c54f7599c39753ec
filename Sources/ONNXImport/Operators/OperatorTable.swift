internal import Support

/// Every operator that can be loaded: one file of this folder for each family.
enum OperatorTable {
  static let families: [(name: String, decoders: [OperatorDecoder])] = [
    ("Convolution", ConvolutionOperators.all), ("Matrix product", MatrixOperators.all),
    ("Pooling", PoolingOperators.all), ("Normalisation", NormalizationOperators.all),
    ("Activation", ActivationOperators.all), ("Arithmetic", ArithmeticOperators.all),
    ("Reduction", ReductionOperators.all), ("Shape", ShapeOperators.all),
    ("Selection", SelectionOperators.all),
    ("Resizing", ResizingOperators.all), ("Inference", IdentityOperators.all),
  ]

  private static let byType: [String: OperatorDecoder] = Dictionary(
    families.flatMap(\.decoders).flatMap { decoder in decoder.types.map { ($0, decoder) } },
    uniquingKeysWith: { first, _ in first })

  /// The operators that layers can be made of.
  static let supported: [String] = byType.keys.sorted()

  static func decoder(for node: NodeMessage) -> OperatorDecoder? {
    node.domain.isEmpty ? byType[node.type] : nil
  }

  /// Whether a node's operator is known, as a layer or as a computation of constants.
  static func knows(_ node: NodeMessage) -> Bool {
    decoder(for: node) != nil || (node.domain.isEmpty && ConstantOperators.byType[node.type] != nil)
  }

  /// Why an operator is not supported, and which are.
  static func advice(for node: NodeMessage) -> String {
    if node.domain == "ai.onnx.ml" { return ": classical machine learning has no gradients" }
    if !node.domain.isEmpty {
      return ": only operators of the standard set are; export the model without \(node.domain)"
    }
    if node.type.contains("Quantize") || node.type.hasPrefix("QLinear") || node.type.hasSuffix("Integer") {
      return ": the model is quantised; export it before it is"
    }
    if ["If", "Loop", "Scan"].contains(node.type) { return ": export the model without control flow" }
    if ["LSTM", "GRU", "RNN"].contains(node.type) { return ": recurrent layers are not" }
    let near = nearest(to: node.type, in: supported)
    return (near.isEmpty ? "" : " (near: \(near.joined(separator: ", ")))")
      + "; supported are \(supported.joined(separator: ", "))"
  }
}
