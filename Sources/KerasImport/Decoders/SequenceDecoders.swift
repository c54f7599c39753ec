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

  /// The layers that `body` makes of a map of height 1, between the nodes that make and take apart that map.
  ///
  /// - Parameter keepsLength: Whether the result is (length, channels) again; if not, it is (channels).
  static func overMaps(
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

  static func size(_ context: DecoderContext, _ name: String) throws(DecodeError) -> Int? {
    try context.fields.single(name, in: LayerFields.Limit.window)
  }

  static func dilation(_ context: DecoderContext) throws(DecodeError) -> Int {
    try context.fields.single("dilation_rate", in: LayerFields.Limit.dilation) ?? 1
  }
}
