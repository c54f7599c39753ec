import SaliencyCore
internal import Support

/// Activation functions, by name or as layers.
enum ActivationDecoder {
  static let all: [LayerDecoder] = [named, relu, leakyReLU, elu, thresholded, softmax, prelu]

  /// The activation fused in another layer; nil for `linear`.
  static func fused(_ context: DecoderContext) throws(DecodeError) -> (any Layer)? {
    try function(context.fields.value("activation"), context.dialect)
  }

  /// The layer of an activation written as a name or as an object; nil for `linear`.
  static func function(_ json: JSON?, _ dialect: Dialect) throws(DecodeError) -> (any Layer)? {
    guard let json else { return nil }
    if let name = json.string { return try function(name, dialect) }
    guard let type = json["class_name"]?.string else {
      throw .malformed(
        key: "activation", found: json.excerpt, expected: "the name of a function or an object")
    }
    // {"class_name": "function", "config": "relu6"}
    if let name = json["config"]?.string { return try function(name, dialect) }
    guard let config = json["config"] else { return try function(type, dialect) }
    let layer = LayerConfig(type: type, name: type, fields: LayerFields(config))
    guard let decoder = all.first(where: { $0.types.contains(type) }), type != "PReLU" else {
      throw .option("activation \(type) is not supported")
    }
    let context = DecoderContext(layer: layer, dialect: dialect, call: LayerCall(), inputs: [], weights: [:])
    return try decoder.decode(context).first?.layer
  }

  static func function(_ name: String, _ dialect: Dialect) throws(DecodeError) -> (any Layer)? {
    let plain = name.split(separator: ">").last.map(String.init) ?? name
    switch plain {
    case "linear": return nil
    case "relu": return ReLU()
    case "relu6": return ReLU(maximum: 6)
    case "leaky_relu": return LeakyReLU(slope: 0.2)
    case "softmax": return Softmax()
    case "hard_sigmoid": return dialect.major >= 3 ? Activation.hardSigmoid : .hardSigmoidKeras2
    case "swish", "silu": return Activation.silu
    case "hard_swish", "hard_silu": return Activation.hardSwish
    case "gelu_new", "gelu_tanh", "gelu_approximate": return Activation.geluTanh
    default: break
    }
    if let activation = Activation(rawValue: plain) { return activation }
    let known =
      Activation.allCases.map(\.rawValue) + ["relu", "relu6", "leaky_relu", "softmax", "swish", "linear"]
    throw .option("activation \"\(name)\" is not supported\(suggestion(for: plain, among: known))")
  }

  static let named = LayerDecoder(
    types: ["Activation"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      .single(try function(context.fields.value("activation"), context.dialect) ?? Identity())
    })

  static let relu = LayerDecoder(
    types: ["ReLU"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      let maximum = try context.fields.upperBound("max_value")
      let threshold = try context.fields.float("threshold") ?? 0
      let slope = try context.fields.float("negative_slope") ?? 0
      // Keras computes ReLU6 by TensorFlow's ReLU6, whose gradient at 6 is 0, and clips at other maxima, where it is 1.
      let isClipped = maximum != nil && (maximum != 6 || threshold != 0)
      return .single(
        slope == 0
          ? ReLU(maximum: maximum, threshold: threshold, passesMaximum: isClipped)
          : LeakyReLU(slope: slope, maximum: maximum, threshold: threshold, passesMaximum: isClipped))
    })

  static let leakyReLU = LayerDecoder(
    types: ["LeakyReLU"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      .single(LeakyReLU(slope: try context.fields.float("negative_slope", "alpha") ?? 0.3))
    })

  static let elu = LayerDecoder(
    types: ["ELU"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in .single(ELU(alpha: try context.fields.float("alpha") ?? 1)) })

  static let thresholded = LayerDecoder(
    types: ["ThresholdedReLU"], axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      .single(ReLU(threshold: try context.fields.float("theta") ?? 1))
    })

  static let softmax = LayerDecoder(
    types: ["Softmax"], limits: "over one axis", axisOrder: LayerDecoder.indifferent,
    decode: { context throws(DecodeError) in
      let axes = try context.fields.integers("axis", in: LayerFields.Limit.axis) ?? [-1]
      guard axes.count == 1, let axis = axes.first else {
        throw .option("axis \(axes) is not supported; expected one axis of the sample")
      }
      // As an activation of another layer it has no inputs of its own yet, and is over the last axis.
      return .single(context.inputs.isEmpty ? Softmax() : Softmax(axis: try context.axisFromEnd(axis)))
    })

  static let prelu = LayerDecoder(
    types: ["PReLU"],
    weights: { _, _ in [WeightSpec("alpha", nil)] },
    decode: { context throws(DecodeError) in
      let alpha = try context.weight("alpha")
      guard let shape = context.inputs.first, alpha.shape.rank == shape.rank,
        zip(alpha.shape.dimensions, shape.dimensions).allSatisfy({ $0 == 1 || $0 == $1 })
      else { throw .option("its alpha of shape \(alpha.shape) does not fit inputs of \(context.inputs)") }
      return .single(PReLU(alpha: alpha))
    })
}
