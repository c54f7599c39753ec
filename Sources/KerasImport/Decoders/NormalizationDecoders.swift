import SaliencyCore

/// Normalisation with learned or counted statistics.
enum NormalizationDecoders {
  static let all: [LayerDecoder] = [batch, layer, input, layerScale]

  private static func axes(_ fields: LayerFields) -> [Int] { fields.integers("axis") ?? [-1] }

  static let batch = LayerDecoder(
    types: ["BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization"],
    axisOrder: LayerDecoder.byAxis,
    weights: { layer, dialect in
      let isScaled = layer.fields.bool("scale") ?? true
      let isCentred = layer.fields.bool("center") ?? true
      return (isScaled ? [WeightSpec("gamma", [nil])] : []) + (isCentred ? [WeightSpec("beta", [nil])] : [])
        + [
          WeightSpec("moving_mean", [nil], isTrainable: false),
          WeightSpec("moving_variance", [nil], isTrainable: false),
        ]
    },
    decode: { context throws(DecodeError) in
      try checkAxis(context)
      let mode = context.fields.integer("mode") ?? 0
      guard mode == 0 || mode == 2 else {
        throw .option("mode \(mode) of Keras 1 is not supported; wanted 0")
      }
      let mean = try context.weight("moving_mean")
      let variance = try context.weight("moving_variance")
      for (name, weight) in context.weights where weight.shape != mean.shape {
        throw .option("its \(name) has \(weight.count) numbers, its moving_mean \(mean.count)")
      }
      return .single(
        BatchNormalization(
          gamma: context.weights["gamma"], beta: context.weights["beta"], mean: mean, variance: variance,
          epsilon: context.fields.float("epsilon") ?? 1e-3))
    })

  /// The axis to be normalised has been brought to the end by `axisOrder` where that is possible.
  private static func checkAxis(_ context: DecoderContext) throws(DecodeError) {
    let rank = context.inputs.first?.rank ?? 0
    let axes = axes(context.fields)
    guard axes.count == 1, axes[0] == -1 || axes[0] == rank || (axes[0] == 1 && rank == 3) else {
      throw .option("axis \(axes) is not supported; wanted the channels (-1, or 1 with channels first)")
    }
  }

  static let layer = LayerDecoder(
    types: ["LayerNormalization"],
    axisOrder: LayerDecoder.byAxis,
    weights: { layer, _ in
      ((layer.fields.bool("scale") ?? true) ? [WeightSpec("gamma", nil)] : [])
        + ((layer.fields.bool("center") ?? true) ? [WeightSpec("beta", nil)] : [])
    },
    decode: { context throws(DecodeError) in
      let rank = context.inputs.first?.rank ?? 0
      let axes = axes(context.fields).map { $0 < 0 ? rank + 1 + $0 : $0 }.sorted()
      let isTrailing = axes == Array((rank + 1 - axes.count)..<(rank + 1))
      guard !axes.isEmpty, isTrailing || (axes == [1] && rank == 3),
        context.fields.bool("rms_scaling") != true
      else {
        throw .option("axis \(axes) is not supported; wanted the last axes, with the mean subtracted")
      }
      return .single(
        LayerNormalization(
          gamma: context.weights["gamma"], beta: context.weights["beta"], axes: axes.count,
          epsilon: context.fields.float("epsilon") ?? 1e-3))
    })

  /// `Normalization`: statistics of the training data, in the configuration or as weights.
  static let input = LayerDecoder(
    types: ["Normalization"],
    weights: { layer, _ in
      guard layer.fields.value("mean") == nil else { return [] }
      return [
        WeightSpec("mean", nil, isTrainable: false), WeightSpec("variance", nil, isTrainable: false),
        WeightSpec("count", [], isTrainable: false),
      ]
    },
    decode: { context throws(DecodeError) in
      let channels = context.inputs.first?.dimensions.last ?? 0
      let mean = context.fields.floats("mean") ?? context.weights["mean"]?.scalars ?? []
      let variance = context.fields.floats("variance") ?? context.weights["variance"]?.scalars ?? []
      guard mean.count == variance.count, mean.count == 1 || mean.count == channels else {
        throw .option(
          "its mean has \(mean.count) numbers; wanted one, or one for each of \(channels) channels")
      }
      // No data has a negative variance. A layer that was never fitted does nothing in Keras.
      if context.weights["count"]?.scalars == [0], variance.contains(where: { $0 < 0 }) {
        return .single(Identity())
      }
      // Keras: (x - mean) / max(sqrt(variance), 1e-7), or its inverse.
      let deviation = variance.map { max($0.squareRoot(), 1e-7) }
      if context.fields.bool("invert") == true { return .single(Rescaling(scale: deviation, offset: mean)) }
      return .single(
        Rescaling(scale: deviation.map { 1 / $0 }, offset: zip(mean, deviation).map { -$0 / $1 }))
    })

  /// ConvNeXt's factor for each channel.
  static let layerScale = LayerDecoder(
    types: ["LayerScale"],
    weights: { layer, _ in [WeightSpec("gamma", [layer.fields.integer("projection_dim")])] },
    decode: { context throws(DecodeError) in
      let gamma = try context.weight("gamma")
      return .single(Rescaling(scale: gamma.scalars, offset: [0]))
    })
}
