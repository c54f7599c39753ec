import SaliencyCore

/// Normalisation by stored or by the input's own statistics.
enum NormalizationOperators {
  static let all = [
    OperatorDecoder("BatchNormalization", decode: batch),
    OperatorDecoder("LayerNormalization", decode: layer),
    OperatorDecoder("InstanceNormalization", decode: instance),
    OperatorDecoder("GroupNormalization", decode: group), OperatorDecoder("LRN", decode: localResponse),
    OperatorDecoder("LpNormalization", decode: lp),
    OperatorDecoder("MeanVarianceNormalization", decode: meanVariance),
  ]

  /// The feature with ONNX's axis 1, the channels, as the last of the node; how many there are; and the layout of a result.
  private static func channelsLast(
    _ builder: inout NetworkBuilder, _ feature: Feature
  ) throws(OperatorError) -> (node: NodeID, channels: Int, layout: Feature) {
    guard feature.axes.count >= 2 else {
      throw .option("found an input of shape \(feature.sizes), expected channels as the second axis")
    }
    if feature.axes.count == 4, feature.axes[0].isEmpty {
      let node = try builder.image(feature)
      return (node, feature.sizes[1], builder.fromImage(node, rank: 4))
    }
    let place = try builder.trailing(feature, [1])
    let parts = (place.outer.flatMap { $0 } + place.last).map { (id: $0, size: feature.parts[$0]) }
    return (place.node, feature.sizes[1], Feature(node: place.node, parts: parts, axes: feature.axes))
  }

  /// The input, whose statistics are those of one sample.
  private static func sample(_ operation: Operation) throws(OperatorError) -> Feature {
    let feature = try operation.feature()
    guard feature.axes.first?.isEmpty == true else {
      throw .option("found an input of shape \(feature.sizes), expected 1 as the first size")
    }
    return feature
  }

  private static func batch(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    guard try operation.integer("training_mode") ?? 0 == 0 else {
      throw .option("found training_mode, expected a model exported for inference (model.eval())")
    }
    let (node, channels, layout) = try channelsLast(&builder, try operation.feature())
    guard let mean = try operation.vector(3, count: channels),
      let variance = try operation.vector(4, count: channels)
    else { throw .option("found no mean or variance") }
    let layer = BatchNormalization(
      gamma: try operation.vector(1, count: channels), beta: try operation.vector(2, count: channels),
      mean: mean,
      variance: variance, epsilon: try operation.float("epsilon") ?? 1e-5)
    return [.feature(layout.at(try builder.add(layer, [node])))]
  }

  private static func layer(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let rank = feature.axes.count
    let first = try operation.axis(try operation.integer("axis") ?? -1, of: rank)
    let axes = Array(first..<rank)
    let place = try builder.trailing(feature, axes, anyOrder: true)
    let own = axes.flatMap { feature.axes[$0] }
    let order = place.last.map { own.firstIndex(of: $0) ?? 0 }
    func parameter(_ index: Int) throws(OperatorError) -> Tensor? {
      guard let constant = try operation.optionalConstant(index) else { return nil }
      let count = feature.size(own)
      guard constant.count == count || constant.count == 1 else {
        throw .option("found input \(index + 1) of shape \(constant.sizes), expected \(count) numbers")
      }
      if constant.count == 1 { return Tensor(repeating: Float(constant.numbers[0]), shape: [count]) }
      return constant.reshaped(own.map { feature.parts[$0] }).tensor(transposed: order, shape: [count])
    }
    let epsilon = try operation.float("epsilon") ?? 1e-5
    let layer = LayerNormalization(
      gamma: try parameter(1), beta: try parameter(2), axes: 1, epsilon: epsilon)
    let node = try builder.add(layer, [place.node])
    let parts = (place.outer.flatMap { $0 } + place.last).map { (id: $0, size: feature.parts[$0]) }
    let result = Value.feature(Feature(node: node, parts: parts, axes: feature.axes))
    guard builder.reads(operation.node.outputs.dropFirst()) else { return [result] }
    return [result] + (try statistics(&builder, feature, axes, epsilon: epsilon))
  }

  /// The other outputs of a layer normalisation: its mean, and 1 / sqrt(variance + epsilon).
  private static func statistics(
    _ builder: inout NetworkBuilder, _ feature: Feature, _ axes: [Int], epsilon: Float
  ) throws(OperatorError) -> [Value] {
    let mean = try builder.reduced(feature, axes, .mean, keepsAxes: true, part: "mean")
    let centred = try builder.merge(.subtract, feature, mean, part: "centred")
    let squares = try builder.apply(Power(2), part: "square", to: centred)
    let variance = try builder.reduced(squares, axes, .mean, keepsAxes: true, part: "variance")
    let shifted = try builder.rescaled(variance, plus: epsilon, part: "shifted")
    let deviation = try builder.apply(ElementwiseFunction.squareRoot, part: "deviation", to: shifted)
    let inverse = try builder.apply(ElementwiseFunction.reciprocal, part: "inverse", to: deviation)
    return [.feature(mean), .feature(inverse)]
  }

  private static func instance(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let (node, channels, layout) = try channelsLast(&builder, try sample(operation))
    let layer = GroupNormalization(
      groups: channels, gamma: try operation.vector(1, count: channels),
      beta: try operation.vector(2, count: channels),
      epsilon: try operation.float("epsilon") ?? 1e-5)
    return [.feature(layout.at(try builder.add(layer, [node])))]
  }

  private static func group(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let (node, channels, layout) = try channelsLast(&builder, try sample(operation))
    guard let groups = try operation.integer("num_groups"), groups > 0, channels % groups == 0 else {
      throw .option("found \(channels) channels, expected as many as fit in num_groups")
    }
    // Until operator set 20 there is one factor for each group.
    func parameter(_ index: Int) throws(OperatorError) -> Tensor? {
      guard let constant = try operation.optionalConstant(index), constant.count == groups, groups != channels
      else {
        return try operation.vector(index, count: channels)
      }
      let numbers = constant.numbers
      return Tensor(
        shape: [channels], scalars: (0..<channels).map { Float(numbers[$0 / (channels / groups)]) })
    }
    let layer = GroupNormalization(
      groups: groups, gamma: try parameter(1), beta: try parameter(2),
      epsilon: try operation.float("epsilon") ?? 1e-5)
    return [.feature(layout.at(try builder.add(layer, [node])))]
  }

  private static func localResponse(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let (node, _, layout) = try channelsLast(&builder, try operation.feature())
    guard let size = try operation.integer("size"), (1...65536).contains(size) else {
      throw .option("found no size from 1 to 65536")
    }
    let layer = LocalResponseNormalization(
      size: size, alpha: try operation.float("alpha") ?? 1e-4, beta: try operation.float("beta") ?? 0.75,
      bias: try operation.float("bias") ?? 1)
    return [.feature(layout.at(try builder.add(layer, [node])))]
  }

  /// x divided by the norm along one axis.
  private static func lp(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let axis = try operation.axis(try operation.integer("axis") ?? -1, of: feature.axes.count)
    let isEuclidean = try operation.integer("p") ?? 2 == 2
    let function: any Layer = isEuclidean ? Power(2) : ElementwiseFunction.magnitude
    let sizes = try builder.apply(function, part: "magnitude", to: feature)
    var norm = try builder.reduced(sizes, [axis], .sum, keepsAxes: true, part: "sum")
    if isEuclidean { norm = try builder.apply(ElementwiseFunction.squareRoot, part: "norm", to: norm) }
    let inverse = try builder.apply(ElementwiseFunction.reciprocal, part: "reciprocal", to: norm)
    return [.feature(try builder.merge(.multiply, feature, inverse))]
  }

  private static func meanVariance(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let axes = try operation.axes(try operation.integers("axes") ?? [0, 2, 3], of: feature.axes.count)
    let place = try builder.trailing(feature, axes, anyOrder: true)
    let node = try builder.add(LayerNormalization(axes: 1, epsilon: 1e-18), [place.node])
    let parts = (place.outer.flatMap { $0 } + place.last).map { (id: $0, size: feature.parts[$0]) }
    return [.feature(Feature(node: node, parts: parts, axes: feature.axes))]
  }
}
