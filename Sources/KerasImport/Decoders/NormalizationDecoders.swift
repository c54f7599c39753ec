import SaliencyCore

/// Normalisation with learned or counted statistics.
enum NormalizationDecoders {
  static let all: [LayerDecoder] = [batch, layer, group, rootMeanSquare, unit, input, layerScale]

  private static func axes(_ fields: LayerFields) throws(DecodeError) -> [Int] {
    try fields.integers("axis", in: LayerFields.Limit.axis) ?? [-1]
  }

  private static func epsilon(_ fields: LayerFields, default value: Float) throws(DecodeError) -> Float {
    try fields.float("epsilon", in: 0...1e6) ?? value
  }

  /// gamma and beta, if the layer has them.
  private static func affine(_ fields: LayerFields, _ shape: [Int?]?) throws(DecodeError) -> [WeightSpec] {
    (try fields.bool("scale") ?? true ? [WeightSpec("gamma", shape)] : [])
      + (try fields.bool("center") ?? true ? [WeightSpec("beta", shape)] : [])
  }

  static let batch = LayerDecoder(
    types: ["BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization"],
    limits: "over the channels, with its moving statistics",
    axisOrder: LayerDecoder.byAxis,
    weights: { layer, _ throws(DecodeError) in
      try affine(layer.fields, [nil]) + [
        WeightSpec("moving_mean", [nil], isTrainable: false),
        WeightSpec("moving_variance", [nil], isTrainable: false),
      ]
    },
    // A frozen layer uses its moving statistics in any case.
    differsInTraining: { fields throws(DecodeError) in try fields.bool("trainable") ?? true },
    decode: { context throws(DecodeError) in
      try checkAxis(context)
      let mode = try context.fields.integer("mode", in: 0...2) ?? 0
      guard mode == 0 || mode == 2 else {
        throw .option("mode \(mode) of Keras 1 is not supported; expected 0")
      }
      let mean = try context.weight("moving_mean")
      let variance = try context.weight("moving_variance")
      for (name, weight) in context.weights where weight.shape != mean.shape {
        throw .option("its \(name) has \(weight.count) numbers, its moving_mean \(mean.count)")
      }
      return .single(
        BatchNormalization(
          gamma: context.weights["gamma"], beta: context.weights["beta"], mean: mean, variance: variance,
          epsilon: try epsilon(context.fields, default: 1e-3)))
    })

  /// The axis to be normalised has been brought to the end by `axisOrder` if that is possible.
  private static func checkAxis(_ context: DecoderContext) throws(DecodeError) {
    let rank = context.inputs.first?.rank ?? 0
    let axes = try axes(context.fields)
    guard axes.count == 1, axes[0] == -1 || axes[0] == rank || (axes[0] == 1 && rank == 3) else {
      throw .option("axis \(axes) is not supported; expected the channels (-1, or 1 with channels first)")
    }
  }

  /// How many of the last axes are normalised together.
  private static func trailingAxes(_ context: DecoderContext) throws(DecodeError) -> Int {
    let rank = context.inputs.first?.rank ?? 0
    let found = try axes(context.fields)
    let axes = found.map { $0 < 0 ? rank + 1 + $0 : $0 }.sorted()
    let isTrailing = axes.count <= rank && axes == Array((rank + 1 - axes.count)..<(rank + 1))
    guard !axes.isEmpty, isTrailing || (axes == [1] && rank == 3) else {
      throw .option("axis \(found) is not supported; expected the last axes")
    }
    return axes.count
  }

  static let layer = LayerDecoder(
    types: ["LayerNormalization"], limits: "over the last axes, no `rms_scaling`",
    axisOrder: LayerDecoder.byAxis,
    weights: { layer, _ throws(DecodeError) in try affine(layer.fields, nil) },
    decode: { context throws(DecodeError) in
      guard try context.fields.bool("rms_scaling") != true else {
        throw .option("rms_scaling is not supported; expected a mean that is subtracted")
      }
      return .single(
        LayerNormalization(
          gamma: context.weights["gamma"], beta: context.weights["beta"], axes: try trailingAxes(context),
          epsilon: try epsilon(context.fields, default: 1e-3)))
    })

  static let group = LayerDecoder(
    types: ["GroupNormalization"], limits: "over the channels",
    axisOrder: LayerDecoder.byAxis,
    weights: { layer, _ throws(DecodeError) in try affine(layer.fields, [nil]) },
    decode: { context throws(DecodeError) in
      try checkAxis(context)
      let channels = context.inputs.first?.dimensions.last ?? 0
      // -1 is one group for each channel.
      let given = try context.fields.integer("groups", in: -1...LayerFields.Limit.count.upperBound) ?? 32
      let groups = given == -1 ? channels : given
      guard groups > 0, channels % groups == 0 else {
        throw .option("key \"groups\": found \(given), expected a divisor of \(channels) channels, or -1")
      }
      for (name, weight) in context.weights where weight.count != channels {
        throw .option("its \(name) has \(weight.count) numbers, expected \(channels)")
      }
      return .single(
        GroupNormalization(
          groups: groups, gamma: context.weights["gamma"], beta: context.weights["beta"],
          epsilon: try epsilon(context.fields, default: 1e-3)))
    })

  static let rootMeanSquare = LayerDecoder(
    types: ["RMSNormalization"], limits: "over the last axis",
    axisOrder: LayerDecoder.byAxis,
    weights: { _, _ in [WeightSpec("scale", [nil])] },
    decode: { context throws(DecodeError) in
      guard try trailingAxes(context) == 1 else {
        throw .option("several axes are not supported; expected the last axis")
      }
      return .single(
        RMSNormalization(
          scale: try context.weight("scale"), epsilon: try epsilon(context.fields, default: 1e-6)))
    })

  static let unit = LayerDecoder(
    types: ["UnitNormalization"], limits: "over the last axes",
    axisOrder: LayerDecoder.byAxis,
    decode: { context throws(DecodeError) in .single(UnitNormalization(axes: try trailingAxes(context))) })

  /// `Normalization`: statistics of the training data, in the configuration or as weights.
  static let input = LayerDecoder(
    types: ["Normalization"], limits: "one mean, or one for each channel",
    weights: { layer, _ in
      guard layer.fields.value("mean") == nil else { return [] }
      return [
        WeightSpec("mean", nil, isTrainable: false), WeightSpec("variance", nil, isTrainable: false),
        WeightSpec("count", [], isTrainable: false),
      ]
    },
    decode: { context throws(DecodeError) in
      let channels = context.inputs.first?.dimensions.last ?? 0
      let mean = try context.fields.floats("mean") ?? context.weights["mean"]?.scalars ?? []
      let variance = try context.fields.floats("variance") ?? context.weights["variance"]?.scalars ?? []
      guard mean.count == variance.count, mean.count == 1 || mean.count == channels else {
        throw .option(
          "its mean has \(mean.count) numbers and its variance \(variance.count); expected one, or one for each "
            + "of \(channels) channels")
      }
      // No data has a negative variance. A layer that was never fitted does nothing in Keras.
      if context.weights["count"]?.scalars == [0], variance.contains(where: { $0 < 0 }) {
        return .single(Identity())
      }
      // Keras: (x - mean) / max(sqrt(variance), 1e-7), or its inverse.
      let deviation = variance.map { max($0.squareRoot(), 1e-7) }
      if try context.fields.bool("invert") == true {
        return .single(Rescaling(scale: deviation, offset: mean))
      }
      return .single(
        Rescaling(scale: deviation.map { 1 / $0 }, offset: zip(mean, deviation).map { -$0 / $1 }))
    })

  /// ConvNeXt's factor for each channel.
  static let layerScale = LayerDecoder(
    types: ["LayerScale"],
    weights: { layer, _ throws(DecodeError) in
      [WeightSpec("gamma", [try layer.fields.integer("projection_dim", in: LayerFields.Limit.count)])]
    },
    decode: { context throws(DecodeError) in
      let gamma = try context.weight("gamma").scalars
      guard !gamma.isEmpty else { throw .option("its gamma is empty") }
      return .single(Rescaling(scale: gamma, offset: [0]))
    })
}
