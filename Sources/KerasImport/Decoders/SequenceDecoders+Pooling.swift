import SaliencyCore

/// Pooling over one axis.
extension SequenceDecoders {
  private static func pooled(
    _ context: DecoderContext, _ layer: (_ width: Int, _ stride: Int, Padding) -> any Layer
  ) throws(DecodeError) -> [DecodedNode] {
    let width = try size(context, "pool_size") ?? 2
    let pooling = layer(
      width, try size(context, "strides") ?? width, try ConvolutionDecoders.padding(context.fields))
    return try overMaps(context) { _, _ throws(DecodeError) in [DecodedNode("pool", pooling, .previous)] }
  }

  static let maximum = LayerDecoder(
    types: ["MaxPooling1D", "MaxPool1D"],
    decode: { context throws(DecodeError) in
      try pooled(context) { MaxPool2D(1, $0, strides: (1, $1), padding: $2) }
    })

  static let average = LayerDecoder(
    types: ["AveragePooling1D", "AvgPool1D", "AveragePool1D"],
    decode: { context throws(DecodeError) in
      try pooled(context) { AveragePool2D(1, $0, strides: (1, $1), padding: $2) }
    })

  private static func pooledGlobally(
    _ context: DecoderContext, _ layer: any Layer
  ) throws(DecodeError) -> [DecodedNode] {
    let keepsAxes = try context.fields.bool("keepdims") ?? false
    let isFirst = context.fields.isChannelsFirst == true
    return try overMaps(context, keepsLength: false) { _, channels throws(DecodeError) in
      let kept = DecodedNode("kept", Reshape(isFirst ? [channels, 1] : [1, channels]), .previous)
      return [DecodedNode("pool", layer, .previous)] + (keepsAxes ? [kept] : [])
    }
  }

  static let globalMaximum = LayerDecoder(
    types: ["GlobalMaxPooling1D", "GlobalMaxPool1D"],
    decode: { context throws(DecodeError) in try pooledGlobally(context, GlobalMaxPool2D()) })

  static let globalAverage = LayerDecoder(
    types: ["GlobalAveragePooling1D", "GlobalAvgPool1D", "GlobalAveragePool1D"],
    decode: { context throws(DecodeError) in try pooledGlobally(context, GlobalAveragePool2D()) })
}
