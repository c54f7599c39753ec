import SaliencyCore

/// Layers that change the length of a sequence.
extension SequenceDecoders {
  private static func ends(_ context: DecoderContext, _ name: String) throws(DecodeError) -> (Int, Int) {
    try context.fields.pair(name, in: LayerFields.Limit.border) ?? (1, 1)
  }

  static let zeroPadding = LayerDecoder(
    types: ["ZeroPadding1D"],
    decode: { context throws(DecodeError) in
      let (left, right) = try ends(context, "padding")
      return try overMaps(context) { _, _ throws(DecodeError) in
        [DecodedNode("pad", ZeroPadding2D(top: 0, bottom: 0, left: left, right: right), .previous)]
      }
    })

  static let cropping = LayerDecoder(
    types: ["Cropping1D"],
    decode: { context throws(DecodeError) in
      let (left, right) = try ends(context, "cropping")
      return try overMaps(context) { _, _ throws(DecodeError) in
        [DecodedNode("crop", Cropping2D(top: 0, bottom: 0, left: left, right: right), .previous)]
      }
    })

  static let upSampling = LayerDecoder(
    types: ["UpSampling1D"],
    decode: { context throws(DecodeError) in
      let factor = try context.fields.single("size", in: LayerFields.Limit.factor) ?? 2
      return try overMaps(context) { _, _ throws(DecodeError) in
        [DecodedNode("up", UpSampling2D(1, factor), .previous)]
      }
    })

  /// A vector repeated along a new axis.
  static let repeatVector = LayerDecoder(
    types: ["RepeatVector"],
    decode: { context throws(DecodeError) in
      guard let count = try context.fields.integer("n", in: LayerFields.Limit.factor),
        let input = context.inputs.first, input.rank == 1
      else { throw .option("found inputs of shape \(context.inputs), expected one vector and n") }
      return [
        DecodedNode("map", Reshape([1, 1, input[0]]), .allInputs),
        DecodedNode("repeated", UpSampling2D(1, count), .previous),
        DecodedNode("sequence", Reshape([count, input[0]]), .previous),
      ]
    })
}
