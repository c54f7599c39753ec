import SaliencyCore

/// Pooling in two dimensions, local and global.
enum PoolingDecoders {
  static let all: [LayerDecoder] = [maximum, average, globalMaximum, globalAverage]

  private static func options(
    _ context: DecoderContext
  ) throws(DecodeError) -> (size: (Int, Int), strides: (Int, Int), padding: Padding) {
    let size = context.fields.pair("pool_size") ?? (2, 2)
    let strides = context.fields.pair("strides") ?? size
    guard min(size.0, size.1, strides.0, strides.1) > 0, max(size.0, size.1, strides.0, strides.1) < 1 << 16
    else {
      throw .option("a window of \(size) with strides \(strides) makes no sense")
    }
    return (size, strides, try ConvolutionDecoders.padding(context.fields))
  }

  static let maximum = LayerDecoder(
    types: ["MaxPooling2D", "MaxPool2D", "MaxPool"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let (size, strides, padding) = try options(context)
      return .single(MaxPool2D(size.0, size.1, strides: strides, padding: padding))
    })

  static let average = LayerDecoder(
    types: ["AveragePooling2D", "AvgPool2D", "AveragePool2D", "AveragePool"],
    axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let (size, strides, padding) = try options(context)
      return .single(AveragePool2D(size.0, size.1, strides: strides, padding: padding))
    })

  static let globalMaximum = LayerDecoder(
    types: ["GlobalMaxPooling2D", "GlobalMaxPool2D"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      .single(GlobalMaxPool2D(keepsAxes: context.fields.bool("keepdims") ?? false))
    })

  static let globalAverage = LayerDecoder(
    types: ["GlobalAveragePooling2D", "GlobalAvgPool2D", "GlobalAveragePool2D"],
    axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      .single(GlobalAveragePool2D(keepsAxes: context.fields.bool("keepdims") ?? false))
    })
}
