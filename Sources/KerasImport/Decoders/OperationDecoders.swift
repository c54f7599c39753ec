import SaliencyCore

/// Operations written as Python expressions between layers (`x / 127.5 - 1`), which Keras saves as layers.
///
/// tf.keras calls them `TFOpLambda` with the function's name, Keras 3 by their class (`TrueDivide`).
enum OperationDecoders {
  static let all: [LayerDecoder] = [division, slice, stack]

  /// The number, or list of numbers, among the arguments of a call besides its tensor.
  struct Constant: Equatable {
    var values: [Float]
    /// Whether it is the left operand, as in `1 - x`.
    var isFirst: Bool
  }

  static func constant(_ context: DecoderContext) -> Constant? {
    guard context.inputs.count == 1 else { return nil }
    var found: [[Float]] = []
    collect(context.call.arguments, into: &found, depth: 0)
    guard found.count == 1 else { return nil }
    let arguments = context.call.arguments
    let first = arguments["args"]?.array?.first ?? arguments.array?.first
    let isTensor = first?["class_name"]?.string == "__keras_tensor__" || first?.string != nil
    return Constant(values: found[0], isFirst: !isTensor || first?.string == InboundNodes.constantMark)
  }

  private static func collect(_ json: JSON, into found: inout [[Float]], depth: Int) {
    switch json {
    case .array(let values):
      // ["layer", 0, 0, {"y": 127.5}] or ["_CONSTANT_VALUE", -1, 1.0, {"y": ["layer", 0, 0]}] in tf.keras; in Keras 3
      // {"args": [tensor, 127.5]}.
      if let name = values.first?.string {
        if name == InboundNodes.constantMark, values.count > 2 {
          collect(values[2], into: &found, depth: depth + 1)
        }
        if values.count == 4 { collect(values[3], into: &found, depth: depth + 1) }
      } else if let numbers = json.floats, !numbers.isEmpty {
        found.append(numbers)
      } else {
        for value in values { collect(value, into: &found, depth: depth + 1) }
      }
    case .number(let value): found.append([Float(value)])
    case .object(let entries):
      if json["class_name"]?.string == "__keras_tensor__" { return }
      for entry in entries { collect(entry.value, into: &found, depth: depth + 1) }
    default: break
    }
  }

  /// An operation of a tensor with constants.
  static func decode(
    _ operation: String, _ constant: Constant, _ context: DecoderContext
  ) throws(DecodeError) -> [DecodedNode] {
    let channels = context.inputs.first?.dimensions.last ?? 1
    let values = constant.values
    guard values.count == 1 || values.count == channels else {
      throw .option("\(values.count) constants for \(channels) channels")
    }
    switch (operation, constant.isFirst) {
    case ("add", _), ("bias_add", _): return .single(Rescaling(scale: [1], offset: values))
    case ("subtract", false): return .single(Rescaling(scale: [1], offset: values.map { -$0 }))
    case ("subtract", true): return .single(Rescaling(scale: [-1], offset: values))
    case ("multiply", _): return .single(Rescaling(scale: values, offset: [0]))
    case ("truediv", false), ("divide", false):
      return .single(Rescaling(scale: values.map { 1 / $0 }, offset: [0]))
    default:
      throw .unsupported(
        "the operation \(operation) with a constant\(constant.isFirst ? " before the tensor" : "") is not known here"
      )
    }
  }

  static let division = LayerDecoder(
    types: ["TrueDivide", "Divide"], limits: "by a constant", axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      guard let constant = constant(context) else { throw .unsupported("a division of two tensors is not") }
      return try decode("truediv", constant, context)
    })

  /// `x[..., ::-1]` and `x[..., 2]`, as the preprocessing of keras.applications writes them.
  static let slice = LayerDecoder(
    types: ["GetItem", "SlicingOpLambda"], limits: "`x[..., ::-1]` and `x[..., n]`",
    decode: { context throws(DecodeError) in
      let spec =
        context.call.arguments["args"]?.array?.dropFirst().first
        ?? context.call.arguments.array?.last?["slice_spec"]
      guard let parts = spec?.array, parts.count == 2, parts[0]["class_name"]?.string == "__ellipsis__",
        let shape = context.inputs.first, let channels = shape.dimensions.last
      else { throw .unsupported("of slices, only x[..., ::-1] and x[..., n] are supported") }
      if channels > 0, let index = parts[1].integer(in: 0...(channels - 1)) {
        return [
          DecodedNode("channel", SelectChannels([index]), .allInputs),
          DecodedNode("slice", Reshape(Array(shape.dimensions.dropLast())), .previous),
        ]
      }
      let range = parts[1]["config"] ?? parts[1]
      guard range["step"]?.integer(in: -1...1) == -1, range["start"]?.isNull ?? true,
        range["stop"]?.isNull ?? true
      else {
        throw .unsupported("of slices, only x[..., ::-1] and x[..., n] are supported")
      }
      return .single(SelectChannels((0..<channels).reversed()))
    })

  static let stack = LayerDecoder(
    types: ["Stack"], limits: "along a new last axis",
    decode: { context throws(DecodeError) in
      guard let shape = context.inputs.first,
        try context.fields.integer("axis", in: LayerFields.Limit.axis) ?? 0 == -1,
        context.inputs.allSatisfy({ $0 == shape })
      else { throw .unsupported("of stacks, only those along a new last axis are supported") }
      let parts = context.inputs.indices.map { index in
        DecodedNode("part\(index + 1)", Reshape(shape.dimensions + [1]), .input(index))
      }
      return parts + [DecodedNode("stack", Concatenate(), .allNodes)]
    })
}
