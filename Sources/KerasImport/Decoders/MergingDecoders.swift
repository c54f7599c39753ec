import SaliencyCore

/// Layers that read several tensors.
enum MergingDecoders {
  static let all: [LayerDecoder] = operations + [concatenate, dot, merge, customScale]

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
      let axis = try context.fields.integer("axis", in: LayerFields.Limit.axis) ?? -1
      return .single(Concatenate(axis: try context.axisFromEnd(axis)))
    })

  static let dot = LayerDecoder(
    types: ["Dot"], limits: "`normalize` over the last axes only",
    decode: { context throws(DecodeError) in
      let axes = try context.fields.pair("axes", in: LayerFields.Limit.axis) ?? (-1, -1)
      guard context.inputs.count == 2, !context.isChannelsFirst else {
        throw .option("found \(context.inputs.count) inputs, expected two, channels last")
      }
      let (first, second) = (
        try axis(axes.0, rank: context.inputs[0].rank), try axis(axes.1, rank: context.inputs[1].rank)
      )
      guard try context.fields.bool("normalize") == true else { return .single(Dot(first, second)) }
      guard first == -1, second == -1 else {
        throw .option("normalize with axes \(axes) is not supported; expected the last axes")
      }
      return [
        DecodedNode("first", UnitNormalization(), .input(0)),
        DecodedNode("second", UnitNormalization(), .input(1)),
        DecodedNode("product", Dot(), .node("first"), .node("second")),
      ]
    })

  /// An axis of an input of a certain rank, counted from the end.
  private static func axis(_ axis: Int, rank: Int) throws(DecodeError) -> Int {
    let fromEnd = axis > 0 ? axis - rank - 1 : axis
    guard axis != 0, (-rank..<0).contains(fromEnd) else {
      throw .option("axis \(axis) is not supported; expected an axis of the sample, of \(rank)")
    }
    return fromEnd
  }

  /// Keras 1's one merging layer.
  static let merge = LayerDecoder(
    types: ["Merge"], limits: "modes sum, mul, ave, max, concat", axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      switch try context.fields.string("mode") ?? "sum" {
      case "sum": return .single(Merge(.add))
      case "mul": return .single(Merge(.multiply))
      case "ave": return .single(Merge(.average))
      case "max": return .single(Merge(.maximum))
      case "concat":
        let axis = try context.fields.integer("concat_axis", in: LayerFields.Limit.axis) ?? -1
        return .single(Concatenate(axis: try context.axisFromEnd(axis)))
      case let mode: throw .option("mode \"\(mode)\" is not supported; expected sum, mul, ave, max or concat")
      }
    })

  /// InceptionResNetV2's residual scaling: first + scale * second.
  static let customScale = LayerDecoder(
    types: ["CustomScaleLayer"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      guard let scale = try context.fields.float("scale"), context.inputs.count == 2 else {
        throw .option("found \(context.inputs.count) inputs, expected two and a scale")
      }
      return [
        DecodedNode("scaled", Rescaling(scale: [scale], offset: [0]), .input(1)),
        DecodedNode("sum", Merge(.add), .input(0), .previous),
      ]
    })
}
