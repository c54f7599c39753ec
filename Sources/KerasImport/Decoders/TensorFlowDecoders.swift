import SaliencyCore
internal import Support

/// Calls of TensorFlow between layers, which tf.keras saves as layers.
///
/// Since TensorFlow 2.4 they are `TFOpLambda` with the function's name; before, `TensorFlowOpLayer` with a node of a graph.
enum TensorFlowDecoders {
  static let all: [LayerDecoder] = [function, node]

  static let function = LayerDecoder(
    types: ["TFOpLambda"], limits: "functions that do the same as a layer",
    axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      let name = try context.fields.string("function") ?? "a function without a name"
      let operation = name.split(separator: ".").last.map(String.init) ?? name
      switch operation {
      case "reduce_mean", "reduce_max":
        return try FunctionDecoders.reduction(
          operation == "reduce_max", axes: context.call.argument("axis"),
          keepsAxes: context.call.argument("keepdims"), context)
      case "cast": return .single(Identity())
      case "concat":
        return .single(Concatenate(axis: try context.axisFromEnd(try axis(context))))
      case "resize" where name == "image.resize": return try resizing(context)
      default: break
      }
      if let constant = OperationDecoders.constant(context) {
        return try OperationDecoders.decode(operation, constant, context)
      }
      if let layer = try elementwise(operation, context) { return .single(layer) }
      throw .unsupported("it stands for tf.\(name), a Python call between layers, which is not known here")
    })

  private static let node = LayerDecoder(
    types: ["TensorFlowOpLayer"], limits: "operations that do the same as a layer",
    axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      let definition = context.fields.value("node_def")
      let parsed = definition?.string.flatMap { try? JSON.parse(Array($0.utf8)) } ?? definition
      let name = parsed?["op"]?.string ?? "an operation without a name"
      let operations = [
        "RealDiv": "truediv", "AddV2": "add", "Sub": "subtract", "Mul": "multiply", "BiasAdd": "add",
      ]
      let operation = operations[name] ?? name.lowercased()
      if case .object(let constants)? = context.fields.value("constants"), let constant = constants.first,
        constants.count == 1, let values = constant.value.floats
      {
        return try OperationDecoders.decode(
          operation, .init(values: values, isFirst: constant.key == "0"), context)
      }
      if let layer = try elementwise(operation, context) { return .single(layer) }
      throw .unsupported("it stands for TensorFlow's \(name), which is not known here")
    })

  private static func elementwise(
    _ operation: String, _ context: DecoderContext
  ) throws(DecodeError) -> (any Layer)? {
    let activations = [
      "relu", "relu6", "sigmoid", "tanh", "softmax", "silu", "swish", "elu", "selu", "softplus", "softsign",
    ]
    switch (operation, context.inputs.count) {
    case ("add", 2...), ("add_n", 2...): return Merge(.add)
    case ("multiply", 2...): return Merge(.multiply)
    case ("subtract", 2): return Merge(.subtract)
    case ("maximum", 2): return Merge(.maximum)
    case ("minimum", 2): return Merge(.minimum)
    case ("identity", 1), ("stop_gradient", 1): return Identity()
    case ("gelu", 1):
      return context.call.argument("approximate")?.truth == true ? Activation.geluTanh : Activation.gelu
    case (_, 1) where activations.contains(operation):
      return try ActivationDecoder.function(operation, context.dialect)
    default: return nil
    }
  }

  private static func resizing(_ context: DecoderContext) throws(DecodeError) -> [DecodedNode] {
    let method = context.call.argument("method")?.string ?? "bilinear"
    guard let size = context.call.argument("size")?.pair(in: LayerFields.Limit.side),
      method == "bilinear" || method == "nearest"
    else { throw .unsupported("of tf.image.resize, only bilinear and nearest to a fixed size are supported") }
    let antialias = method == "bilinear" && context.call.argument("antialias")?.truth == true
    return .single(
      Resizing(
        height: size.0, width: size.1,
        interpolation: antialias ? .antialiased : method == "nearest" ? .nearest : .bilinear))
  }

  private static func axis(_ context: DecoderContext) throws(DecodeError) -> Int {
    guard let given = context.call.argument("axis") else { return -1 }
    guard let axis = given.integer(in: LayerFields.Limit.axis) else {
      throw .malformed(key: "axis", found: given.excerpt, expected: "an integer")
    }
    return axis
  }
}
