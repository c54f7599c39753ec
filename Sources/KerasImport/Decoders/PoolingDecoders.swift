import SaliencyCore

/// Pooling in two dimensions, local and global.
enum PoolingDecoders {
  static let all: [LayerDecoder] = [
    maximum, average, globalMaximum, globalAverage, adaptiveMaximum, adaptiveAverage,
  ]

  private static func options(
    _ context: DecoderContext
  ) throws(DecodeError) -> (size: (Int, Int), strides: (Int, Int), padding: Padding) {
    let size = try context.fields.pair("pool_size", in: LayerFields.Limit.window) ?? (2, 2)
    let strides = try context.fields.pair("strides", in: LayerFields.Limit.window) ?? size
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

  /// The size of the windows of equal size that cut a map into the wanted number of rows and columns.
  private static func adaptiveWindow(_ context: DecoderContext) throws(DecodeError) -> (Int, Int) {
    guard let size = try context.fields.pair("output_size", in: LayerFields.Limit.side),
      let input = context.inputs.first, input.rank == 3, input[0] % size.0 == 0, input[1] % size.1 == 0
    else {
      throw .option("found inputs of shape \(context.inputs), expected sizes that output_size divides")
    }
    return (input[0] / size.0, input[1] / size.1)
  }

  static let adaptiveMaximum = LayerDecoder(
    types: ["AdaptiveMaxPooling2D"], limits: "output sizes that divide the input's",
    axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let size = try adaptiveWindow(context)
      return .single(MaxPool2D(size.0, size.1))
    })

  static let adaptiveAverage = LayerDecoder(
    types: ["AdaptiveAveragePooling2D"], limits: "output sizes that divide the input's",
    axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let size = try adaptiveWindow(context)
      return .single(AveragePool2D(size.0, size.1))
    })

  static let globalMaximum = LayerDecoder(
    types: ["GlobalMaxPooling2D", "GlobalMaxPool2D"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      .single(GlobalMaxPool2D(keepsAxes: try context.fields.bool("keepdims") ?? false))
    })

  static let globalAverage = LayerDecoder(
    types: ["GlobalAveragePooling2D", "GlobalAvgPool2D", "GlobalAveragePool2D"],
    axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      .single(GlobalAveragePool2D(keepsAxes: try context.fields.bool("keepdims") ?? false))
    })
}
