import SaliencyCore

/// Layers that read several tensors.
enum MergingDecoders {
  static let all: [LayerDecoder] = operations + [concatenate, merge, customScale]

  private static let operations: [LayerDecoder] = Merge.Operation.allCases.map { operation in
    LayerDecoder(
      types: [operation.rawValue], axisOrder: LayerDecoder.indifferent,
      decode: { context throws(DecodeError) in
        if let constant = OperationDecoders.constant(context) {
          return try OperationDecoders.decode(operation.rawValue.lowercased(), constant, context)
        }
        return .single(Merge(operation))
      })
  }

  static let concatenate = LayerDecoder(
    types: ["Concatenate"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      .single(Concatenate(axis: try context.axisFromEnd(context.fields.integer("axis") ?? -1)))
    })

  /// Keras 1's one merging layer.
  static let merge = LayerDecoder(
    types: ["Merge"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      switch context.fields.string("mode") ?? "sum" {
      case "sum": return .single(Merge(.add))
      case "mul": return .single(Merge(.multiply))
      case "ave": return .single(Merge(.average))
      case "max": return .single(Merge(.maximum))
      case "concat":
        return .single(
          Concatenate(axis: try context.axisFromEnd(context.fields.integer("concat_axis") ?? -1)))
      case let mode: throw .option("mode \"\(mode)\" is not supported; wanted sum, mul, ave, max or concat")
      }
    })

  /// InceptionResNetV2's residual scaling: first + scale * second.
  static let customScale = LayerDecoder(
    types: ["CustomScaleLayer"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      guard let scale = context.fields.float("scale"), context.inputs.count == 2 else {
        throw .option("wanted a scale and two inputs")
      }
      return [
        DecodedNode("scaled", Rescaling(scale: [scale], offset: [0]), .input(1)),
        DecodedNode("sum", Merge(.add), .input(0), .previous),
      ]
    })
}
