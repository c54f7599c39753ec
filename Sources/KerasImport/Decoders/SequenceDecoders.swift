import SaliencyCore

/// Layers over one axis, `(length, channels)`: each is its counterpart over maps of height 1.
///
/// The nodes are `NAME.map` (length, channels to 1, length, channels), the two-dimensional layer, and back.
enum SequenceDecoders {
  static let all: [LayerDecoder] = [
    convolution, depthwise, separable, transposed, maximum, average, globalMaximum, globalAverage,
    zeroPadding,
    cropping, upSampling, repeatVector,
  ]

  // MARK: Maps of height 1

  /// The layers that `body` makes of a map of height 1, between the nodes that make and take apart that map.
  ///
  /// - Parameter keepsLength: Whether the result is (length, channels) again; if not, it is (channels).
  private static func overMaps(
    _ context: DecoderContext, keepsLength: Bool = true,
    _ body: (_ length: Int, _ channels: Int) throws(DecodeError) -> [DecodedNode]
  ) throws(DecodeError) -> [DecodedNode] {
    guard context.inputs.count == 1, let input = context.inputs.first, input.rank == 2 else {
      throw .option("found inputs of shape \(context.inputs), expected (length, channels)")
    }
    let isChannelsFirst = context.fields.isChannelsFirst == true
    let (length, channels) = isChannelsFirst ? (input[1], input[0]) : (input[0], input[1])
    var nodes: [DecodedNode] = []
    if isChannelsFirst { nodes.append(DecodedNode("channels_last", Permute([1, 0]), .allInputs)) }
    nodes.append(
      DecodedNode(
        "map", Reshape([1, length, channels]), nodes.isEmpty ? .allInputs : .previous))
    let middle = try body(length, channels)
    nodes += middle
    guard let shape = shape(after: middle, of: [1, length, channels]) else {
      throw .option("found inputs of shape \(input), expected at least the length of its window")
    }
    if keepsLength {
      nodes.append(DecodedNode("sequence", Reshape(Array(shape.dimensions.dropFirst())), .previous))
      if isChannelsFirst { nodes.append(DecodedNode("channels_first", Permute([1, 0]), .previous)) }
    }
    return nodes
  }

  /// The shape that a chain of layers makes of one input.
  private static func shape(after nodes: [DecodedNode], of input: Shape) -> Shape? {
    var shape = input
    for node in nodes {
      guard let next = try? node.layer.outputShape(for: [shape]) else { return nil }
      shape = next
    }
    return shape
  }

  private static func size(_ context: DecoderContext, _ name: String) throws(DecodeError) -> Int? {
    try context.fields.single(name, in: LayerFields.Limit.window)
  }

  private static func dilation(_ context: DecoderContext) throws(DecodeError) -> Int {
    try context.fields.single("dilation_rate", in: LayerFields.Limit.dilation) ?? 1
  }

  // MARK: Convolutions

  private static func kernelSpec(_ fields: LayerFields) throws(DecodeError) -> Int? {
    try fields.single("kernel_size", in: LayerFields.Limit.window)
  }

  /// A kernel `(length, ...)` as one of height 1.
  private static func kernel(_ name: String, _ context: DecoderContext) throws(DecodeError) -> Tensor {
    let kernel = try context.weight(name)
    guard kernel.shape.rank == 3, kernel.count > 0 else {
      throw .option("its \(name) has shape \(kernel.shape)")
    }
    return kernel.reshaped(to: Shape([1] + kernel.shape.dimensions))
  }

  /// A window of height 1, and the zeros that causal padding adds before it.
  private static func window(
    _ context: DecoderContext, width: Int, isCausal: Bool = false
  ) throws(DecodeError) -> (
    strides: (Int, Int), dilation: (Int, Int), padding: Padding, causal: [DecodedNode]
  ) {
    let (stride, dilation) = (try size(context, "strides") ?? 1, try dilation(context))
    let known = ["valid", "same"] + (isCausal ? ["causal"] : [])
    let name = try context.fields.choice("padding", among: known) ?? "valid"
    let zeros = ZeroPadding2D(top: 0, bottom: 0, left: (width - 1) * dilation, right: 0)
    return (
      (1, stride), (1, dilation), name == "same" ? .same : .valid,
      name == "causal" ? [DecodedNode("causal", zeros, .previous)] : []
    )
  }

  static let convolution = LayerDecoder(
    types: ["Conv1D"],
    weights: { layer, _ throws(DecodeError) in
      let count = try ConvolutionDecoders.filters(layer.fields)
      return [WeightSpec("kernel", [try kernelSpec(layer.fields), nil, count])]
        + (try ConvolutionDecoders.biasSpec(layer.fields, count))
    },
    decode: { context throws(DecodeError) in
      let kernel = try kernel("kernel", context)
      let (strides, dilation, padding, causal) = try window(context, width: kernel.shape[1], isCausal: true)
      let groups = try ConvolutionDecoders.groups(context.fields, filters: kernel.shape[3])
      let layer = Conv2D(
        kernel: kernel, bias: try ConvolutionDecoders.bias(context, count: kernel.shape[3]), strides: strides,
        dilation: dilation, padding: padding, groups: groups)
      return try overMaps(context) { _, _ throws(DecodeError) in
        try (causal + [DecodedNode("linear", layer, .previous)]).activated(context)
      }
    })

  static let depthwise = LayerDecoder(
    types: ["DepthwiseConv1D"],
    weights: { layer, _ throws(DecodeError) in
      [
        WeightSpec(
          "kernel", [try kernelSpec(layer.fields), nil, try ConvolutionDecoders.multiplier(layer.fields)])
      ] + (try ConvolutionDecoders.biasSpec(layer.fields, nil))
    },
    decode: { context throws(DecodeError) in
      let kernel = try kernel("kernel", context)
      let (strides, dilation, padding, _) = try window(context, width: kernel.shape[1])
      let layer = DepthwiseConv2D(
        kernel: kernel, bias: try ConvolutionDecoders.bias(context, count: kernel.shape[2] * kernel.shape[3]),
        strides: strides, dilation: dilation, padding: padding)
      return try overMaps(context) { _, _ throws(DecodeError) in
        try [DecodedNode("linear", layer, .previous)].activated(context)
      }
    })

  static let separable = LayerDecoder(
    types: ["SeparableConv1D"],
    weights: { layer, _ throws(DecodeError) in
      let count = try ConvolutionDecoders.filters(layer.fields)
      return [
        WeightSpec(
          "depthwise_kernel",
          [try kernelSpec(layer.fields), nil, try ConvolutionDecoders.multiplier(layer.fields)]),
        WeightSpec("pointwise_kernel", [1, nil, count]),
      ] + (try ConvolutionDecoders.biasSpec(layer.fields, count))
    },
    decode: { context throws(DecodeError) in
      let (kernel, pointwise) = (
        try kernel("depthwise_kernel", context), try kernel("pointwise_kernel", context)
      )
      let (strides, dilation, padding, causal) = try window(context, width: kernel.shape[1], isCausal: true)
      let bias = try ConvolutionDecoders.bias(context, count: pointwise.shape[3])
      let depthwise = DepthwiseConv2D(kernel: kernel, strides: strides, dilation: dilation, padding: padding)
      return try overMaps(context) { _, _ throws(DecodeError) in
        try
          (causal + [
            DecodedNode("depthwise", depthwise, .previous),
            DecodedNode("linear", Conv2D(kernel: pointwise, bias: bias), .previous),
          ]).activated(context)
      }
    })

  static let transposed = LayerDecoder(
    types: ["Conv1DTranspose"],
    weights: { layer, _ throws(DecodeError) in
      let count = try ConvolutionDecoders.filters(layer.fields)
      return [WeightSpec("kernel", [try kernelSpec(layer.fields), count, nil])]
        + (try ConvolutionDecoders.biasSpec(layer.fields, count))
    },
    decode: { context throws(DecodeError) in
      let kernel = try kernel("kernel", context)
      let (strides, dilation, padding, _) = try window(context, width: kernel.shape[1])
      let extra = try context.fields.single("output_padding", in: 0...1024)
      guard extra.map({ $0 < strides.1 }) ?? true else {
        throw .option("its output_padding is not smaller than its strides")
      }
      let layer = Conv2DTranspose(
        kernel: kernel, bias: try ConvolutionDecoders.bias(context, count: kernel.shape[2]),
        window: Window(1, kernel.shape[1], strides: strides, dilation: dilation, padding: padding),
        outputPadding: extra.map { (0, $0) })
      return try overMaps(context) { _, _ throws(DecodeError) in
        try [DecodedNode("linear", layer, .previous)].activated(context)
      }
    })

  // MARK: Pooling

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

  // MARK: Length

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
