import SaliencyCore

/// Functions of `keras.ops` between layers, which Keras 3 saves as layers of their own classes.
///
/// Where class and configuration are those of a layer (`Softmax`, `Concatenate`), the layer's decoder reads them.
enum FunctionDecoders {
  static let all: [LayerDecoder] = activations + [gelu, elu, leaky, mean, maximum]

  private static let activations: [LayerDecoder] = [
    ("Relu", "relu"), ("Relu6", "relu6"), ("Sigmoid", "sigmoid"), ("Tanh", "tanh"), ("Silu", "silu"),
    ("Softplus", "softplus"), ("Softsign", "softsign"), ("Selu", "selu"), ("HardSigmoid", "hard_sigmoid"),
    ("HardSilu", "hard_silu"), ("Mish", "mish"), ("Exp", "exponential"),
  ].map { type, name in
    LayerDecoder(
      types: [type], axisOrder: LayerDecoder.indifferent,
      decode: { context throws(DecodeError) in
        .single(try ActivationDecoder.function(name, context.dialect) ?? Identity())
      })
  }

  private static let gelu = LayerDecoder(
    types: ["Gelu"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      .single(try context.fields.bool("approximate") ?? true ? Activation.geluTanh : Activation.gelu)
    })

  private static let elu = LayerDecoder(
    types: ["Elu"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in .single(ELU(alpha: try context.fields.float("alpha") ?? 1)) })

  private static let leaky = LayerDecoder(
    types: ["LeakyRelu"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      .single(LeakyReLU(slope: try context.fields.float("negative_slope") ?? 0.2))
    })

  private static let mean = LayerDecoder(
    types: ["Mean"], limits: "over height and width",
    decode: { context throws(DecodeError) in try reduction(false, context) })

  private static let maximum = LayerDecoder(
    types: ["Max"], limits: "over height and width",
    decode: { context throws(DecodeError) in try reduction(true, context) })

  private static func reduction(
    _ isMaximum: Bool, _ context: DecoderContext
  ) throws(DecodeError) -> [DecodedNode] {
    try reduction(
      isMaximum, axes: context.fields.value("axis"), keepsAxes: context.fields.value("keepdims"), context)
  }

  /// The mean or maximum over height and width, written as a function: global pooling.
  static func reduction(
    _ isMaximum: Bool, axes: JSON?, keepsAxes: JSON?, _ context: DecoderContext
  ) throws(DecodeError) -> [DecodedNode] {
    let rank = context.inputs.first?.rank ?? 0
    let found = axes?.integers(in: LayerFields.Limit.axis)?.map { $0 < 0 ? rank + 1 + $0 : $0 }.sorted()
    guard rank == 3, !context.isChannelsFirst, found == [1, 2] else {
      throw .unsupported("of means and maxima, only those over height and width are supported")
    }
    let keeps = keepsAxes?.truth ?? false
    return .single(isMaximum ? GlobalMaxPool2D(keepsAxes: keeps) : GlobalAveragePool2D(keepsAxes: keeps))
  }
}
