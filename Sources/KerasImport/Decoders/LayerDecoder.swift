import SaliencyCore

/// What is wrong with one layer, before file and layer are named.
enum DecodeError: Error {
  /// An option that is not supported, or makes no sense.
  case option(String)
  /// The layer cannot be loaded at all.
  case unsupported(String?)
}

/// One use of a layer, as a decoder sees it.
struct DecoderContext {
  var layer: LayerConfig
  var dialect: Dialect
  var arguments: JSON
  /// The shapes of the inputs for one sample, channels last.
  var inputs: [Shape]
  /// Whether Keras' order of the inputs' axes is channels first.
  var isChannelsFirst = false
  /// The layer's weights, in the order of `LayerDecoder.weights`.
  var weights: [String: Tensor]

  var fields: LayerFields { layer.fields }

  /// An axis that Keras counts from the batch on (or from the end), counted from the end of the axes here.
  func axisFromEnd(_ axis: Int) throws(DecodeError) -> Int {
    let rank = inputs.first?.rank ?? 0
    let fromEnd = axis > 0 ? axis - rank - 1 : axis
    guard axis != 0, (-rank..<0).contains(fromEnd) else {
      throw .option("axis \(axis) is not supported; wanted an axis of the sample, of \(rank)")
    }
    // Channels, height, width stand here as height, width, channels.
    return isChannelsFirst && rank == 3 ? (fromEnd == -3 ? -1 : fromEnd - 1) : fromEnd
  }

  func weight(_ name: String) throws(DecodeError) -> Tensor {
    guard let tensor = weights[name] else { throw .option("its \(name) is missing") }
    return tensor
  }
}

/// What a layer becomes: nodes in order, the last of which has the layer's name.
struct DecodedNode {
  enum Operand {
    /// An input of the layer.
    case input(Int)
    /// All of them.
    case allInputs
    /// The node decoded before.
    case previous
    /// All nodes decoded before.
    case allNodes
  }

  /// What follows the layer's name in the node's; ignored for the last.
  var label: String
  var layer: any Layer
  var operands: [Operand]

  init(_ label: String, _ layer: any Layer, _ operands: Operand...) {
    self.label = label
    self.layer = layer
    self.operands = operands
  }
}

extension [DecodedNode] {
  /// One node that reads all inputs.
  static func single(_ layer: any Layer) -> [DecodedNode] { [DecodedNode("linear", layer, .allInputs)] }

  /// Appends a fused activation as a node of its own, so that backward rules see it; nothing for `linear`.
  func activated(_ context: DecoderContext) throws(DecodeError) -> [DecodedNode] {
    guard let activation = try ActivationDecoder.fused(context) else { return self }
    return self + [DecodedNode("activation", activation, .previous)]
  }
}

/// Whether the axes of Keras' feature map stand as (channels, height, width) or (height, width, channels).
enum AxisOrder: Sendable, Equatable {
  case channelsFirst, channelsLast
}

/// How layers of some classes are read from a configuration and their weights.
struct LayerDecoder: Sendable {
  /// The classes, under the names of every Keras version.
  var types: [String]
  /// The order of axes that the layer wants of its input; nil where it does not matter.
  var axisOrder: @Sendable (_ layer: LayerConfig, _ rank: Int) -> AxisOrder? = { _, _ in .channelsLast }
  /// The weights in Keras' order.
  var weights: @Sendable (LayerConfig, Dialect) -> [WeightSpec] = { _, _ in [] }
  var decode: @Sendable (DecoderContext) throws(DecodeError) -> [DecodedNode]
}

extension LayerDecoder {
  /// For layers whose `data_format` says which axes are height and width.
  static let byDataFormat: @Sendable (LayerConfig, Int) -> AxisOrder? = { layer, _ in
    layer.fields.isChannelsFirst == true ? .channelsFirst : .channelsLast
  }

  /// For layers that work on the last axes here: axis 1 alone of a map means channels first.
  static let byAxis: @Sendable (LayerConfig, Int) -> AxisOrder? = { layer, rank in
    layer.fields.integers("axis") == [1] && rank == 3 ? .channelsFirst : .channelsLast
  }

  static let indifferent: @Sendable (LayerConfig, Int) -> AxisOrder? = { _, _ in nil }
}
