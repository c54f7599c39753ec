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

/// Every layer that can be loaded: one file of this folder per family.
enum LayerTable {
  static let all: [LayerDecoder] =
    ConvolutionDecoders.all + DenseDecoders.all + NormalizationDecoders.all + PoolingDecoders.all
    + ReshapingDecoders.all + ActivationDecoder.all + MergingDecoders.all + PreprocessingDecoders.all
    + OperationDecoders.all

  private static let byType: [String: LayerDecoder] = Dictionary(
    all.flatMap { decoder in decoder.types.map { ($0, decoder) } }, uniquingKeysWith: { first, _ in first })

  /// The classes that can be loaded, under their current names.
  static let supported: [String] = all.map { $0.types[0] }.sorted()

  static func decoder(for type: String) -> LayerDecoder? { byType[type] }

  /// Why a layer cannot be loaded; nil where it can.
  static func objection(to layer: LayerConfig) -> DecodeError? {
    if layer.type == "Lambda" {
      return .unsupported(
        "it holds Python code, which is never run; rebuild the model with Keras layers in its place and save that"
      )
    }
    if let package = layer.package, package != "Custom", package != "keras", package != "TFOpLambda" {
      return .unsupported(
        "it belongs to the package \(package), not to Keras, and a file holds none of its code")
    }
    guard byType[layer.type] == nil else { return nil }
    if ["TimeDistributed", "Bidirectional", "LSTM", "GRU", "SimpleRNN", "Embedding", "ConvLSTM2D"].contains(
      layer.type)
    {
      return .unsupported("layers for sequences are not; this tool explains image classifiers")
    }
    let near = nearest(to: layer.type, in: supported)
    return .unsupported(
      near.isEmpty
        ? "a class of Keras that is not known here, or of someone's own, of which a file holds only the name"
        : "a class that is not known here (near: \(near.joined(separator: ", ")))")
  }
}
