import SaliencyCore

/// Convolutions of every kind, under the names of Keras 1 to 3.
enum ConvolutionDecoders {
  static let all: [LayerDecoder] = [convolution, depthwise, separable, transposed]

  // MARK: Options

  private static func kernelSize(_ fields: LayerFields) throws(DecodeError) -> (Int, Int)? {
    let window = LayerFields.Limit.window
    if let size = try fields.pair("kernel_size", in: window) { return size }
    guard let rows = try fields.integer("nb_row", in: window),
      let columns = try fields.integer("nb_col", in: window)
    else { return nil }
    return (rows, columns)
  }

  static func filters(_ fields: LayerFields) throws(DecodeError) -> Int? {
    try fields.integer("filters", "nb_filter", in: LayerFields.Limit.count)
  }

  static func multiplier(_ fields: LayerFields) throws(DecodeError) -> Int {
    try fields.integer("depth_multiplier", in: LayerFields.Limit.groups) ?? 1
  }

  static func hasBias(_ fields: LayerFields) throws(DecodeError) -> Bool {
    try fields.bool("use_bias", "bias") ?? true
  }

  private static func window(
    _ context: DecoderContext, height: Int, width: Int
  ) throws(DecodeError) -> Window {
    let fields = context.fields
    let strides = try fields.pair("strides", "subsample", in: LayerFields.Limit.window) ?? (1, 1)
    let dilation = try fields.pair("dilation_rate", "atrous_rate", in: LayerFields.Limit.dilation) ?? (1, 1)
    return Window(
      height, width, strides: strides, dilation: dilation, padding: try padding(fields))
  }

  static func padding(_ fields: LayerFields) throws(DecodeError) -> Padding {
    let name = try fields.choice("padding", "border_mode", among: ["valid", "same"]) ?? "valid"
    return name == "same" ? .same : .valid
  }

  /// Keras 1 with channels first keeps kernels as (out, in, height, width).
  private static func isFiltersFirst(_ layer: LayerConfig, _ dialect: Dialect) -> Bool {
    dialect.major == 1 && layer.fields.isChannelsFirst == true
  }

  /// A kernel as TensorFlow has it.
  ///
  /// Theano rotates kernels by 180 degrees; those of depthwise convolutions Keras 2 rotated itself before it gave them to
  /// Theano, so that the file has them as TensorFlow does.
  private static func kernel(
    _ name: String, _ context: DecoderContext, isDepthwise: Bool = false
  ) throws(DecodeError) -> Tensor {
    var kernel = try context.weight(name)
    guard kernel.shape.rank == 4, kernel.count > 0 else {
      throw .option("its \(name) has shape \(kernel.shape)")
    }
    if isFiltersFirst(context.layer, context.dialect) { kernel = kernel.transposed([2, 3, 1, 0]) }
    return context.dialect.isTheano && !isDepthwise ? kernel.turned() : kernel
  }

  static func bias(_ context: DecoderContext, count: Int) throws(DecodeError) -> Tensor? {
    guard try hasBias(context.fields) else { return nil }
    let bias = try context.weight("bias")
    guard bias.shape == [count] else {
      throw .option("its bias has shape \(bias.shape), its kernel makes \(count) channels")
    }
    return bias
  }

  static func biasSpec(_ fields: LayerFields, _ count: Int?) throws(DecodeError) -> [WeightSpec] {
    try hasBias(fields) ? [WeightSpec("bias", [count])] : []
  }

  /// The number of groups of a kernel with `filters` filters.
  static func groups(_ fields: LayerFields, filters: Int) throws(DecodeError) -> Int {
    let groups = try fields.integer("groups", in: LayerFields.Limit.groups) ?? 1
    guard filters % groups == 0 else {
      throw .option("key \"groups\": found \(groups), expected a divisor of its \(filters) filters")
    }
    return groups
  }

  private static func layer(_ kernel: Tensor, _ bias: Tensor?, _ window: Window) -> DepthwiseConv2D {
    DepthwiseConv2D(
      kernel: kernel, bias: bias, strides: (window.strideY, window.strideX),
      dilation: (window.dilationY, window.dilationX), padding: window.padding)
  }

  // MARK: Layers

  static let convolution = LayerDecoder(
    types: ["Conv2D", "Convolution2D", "AtrousConvolution2D", "AtrousConv2D"],
    axisOrder: LayerDecoder.byDataFormat,
    weights: { layer, dialect throws(DecodeError) in
      let (size, count) = (try kernelSize(layer.fields), try filters(layer.fields))
      let shape: [Int?] =
        isFiltersFirst(layer, dialect) ? [count, nil, size?.0, size?.1] : [size?.0, size?.1, nil, count]
      return [WeightSpec("kernel", shape)] + (try biasSpec(layer.fields, count))
    },
    decode: { context throws(DecodeError) in
      let kernel = try kernel("kernel", context)
      let groups = try groups(context.fields, filters: kernel.shape[3])
      let window = try window(context, height: kernel.shape[0], width: kernel.shape[1])
      let bias = try bias(context, count: kernel.shape[3])
      let layer = Conv2D(
        kernel: kernel, bias: bias, strides: (window.strideY, window.strideX),
        dilation: (window.dilationY, window.dilationX), padding: window.padding, groups: groups)
      return try [DecodedNode].single(layer).activated(context)
    })

  static let depthwise = LayerDecoder(
    types: ["DepthwiseConv2D", "DepthwiseConvolution2D"],
    axisOrder: LayerDecoder.byDataFormat,
    weights: { layer, _ throws(DecodeError) in
      let size = try kernelSize(layer.fields)
      return [WeightSpec("kernel", [size?.0, size?.1, nil, try multiplier(layer.fields)])]
        + (try biasSpec(layer.fields, nil))
    },
    decode: { context throws(DecodeError) in
      let kernel = try kernel("kernel", context, isDepthwise: true)
      let bias = try bias(context, count: kernel.shape[2] * kernel.shape[3])
      let window = try window(context, height: kernel.shape[0], width: kernel.shape[1])
      return try [DecodedNode].single(layer(kernel, bias, window)).activated(context)
    })

  static let separable = LayerDecoder(
    types: ["SeparableConv2D", "SeparableConvolution2D"],
    axisOrder: LayerDecoder.byDataFormat,
    weights: { layer, _ throws(DecodeError) in
      let (size, count) = (try kernelSize(layer.fields), try filters(layer.fields))
      return [
        WeightSpec("depthwise_kernel", [size?.0, size?.1, nil, try multiplier(layer.fields)]),
        WeightSpec("pointwise_kernel", [1, 1, nil, count]),
      ] + (try biasSpec(layer.fields, count))
    },
    decode: { context throws(DecodeError) in
      let depthwise = try kernel("depthwise_kernel", context, isDepthwise: true)
      let pointwise = try kernel("pointwise_kernel", context)
      let window = try window(context, height: depthwise.shape[0], width: depthwise.shape[1])
      let nodes = [
        DecodedNode("depthwise", layer(depthwise, nil, window), .allInputs),
        DecodedNode(
          "linear", Conv2D(kernel: pointwise, bias: try bias(context, count: pointwise.shape[3])), .previous),
      ]
      return try nodes.activated(context)
    })

  static let transposed = LayerDecoder(
    types: ["Conv2DTranspose", "Deconvolution2D", "Deconv2D", "Convolution2DTranspose"],
    limits: "not of Keras 1",
    axisOrder: LayerDecoder.byDataFormat,
    weights: { layer, dialect throws(DecodeError) in
      let (size, count) = (try kernelSize(layer.fields), try filters(layer.fields))
      return [WeightSpec("kernel", [size?.0, size?.1, count, nil])] + (try biasSpec(layer.fields, count))
    },
    decode: { context throws(DecodeError) in
      guard context.dialect.major > 1 else { throw .unsupported("Deconvolution2D of Keras 1 is not") }
      let kernel = try kernel("kernel", context)
      let window = try window(context, height: kernel.shape[0], width: kernel.shape[1])
      let extra = try context.fields.pair("output_padding", in: 0...1024)
      guard extra.map({ (0..<window.strideY).contains($0.0) && (0..<window.strideX).contains($0.1) }) ?? true
      else {
        throw .option("its output_padding is not smaller than its strides")
      }
      let bias = try bias(context, count: kernel.shape[2])
      let layer = Conv2DTranspose(kernel: kernel, bias: bias, window: window, outputPadding: extra)
      return try [DecodedNode].single(layer).activated(context)
    })
}

extension Tensor {
  /// The axes in another order: axis `i` of the result is axis `order[i]` of this.
  func transposed(_ order: [Int]) -> Tensor {
    Permute.transpose(self, order: order)
  }

  /// A kernel `[h, w, ...]` rotated by 180 degrees.
  func turned() -> Tensor {
    let taps = shape[0] * shape[1]
    let width = count / max(taps, 1)
    return Tensor(shape: shape) { result in
      withUnsafeScalars { source in
        for tap in 0..<taps {
          for i in 0..<width { result[tap * width + i] = source[(taps - 1 - tap) * width + i] }
        }
      }
    }
  }
}
