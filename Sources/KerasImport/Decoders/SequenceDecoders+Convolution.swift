import SaliencyCore

/// Convolutions over one axis.
extension SequenceDecoders {
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
}
