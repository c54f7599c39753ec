import SaliencyCore

/// What is wrong with one layer, before file and layer are named.
enum DecodeError: Error {
  /// An option that is not supported, or that contradicts another one.
  case option(String)
  /// A value of the configuration that has the wrong type or is outside its limits.
  case malformed(key: String, found: String, expected: String)
  /// The layer cannot be loaded at all.
  case unsupported(String?)
}

/// One use of a layer, as a decoder sees it.
struct DecoderContext {
  var layer: LayerConfig
  var dialect: Dialect
  /// The call as the file has it.
  var call: LayerCall
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
      throw .option("axis \(axis) is not supported; expected an axis of the sample, of \(rank)")
    }
    // Channels, height, width stand here as height, width, channels.
    return isChannelsFirst && rank == 3 ? (fromEnd == -3 ? -1 : fromEnd - 1) : fromEnd
  }

  func weight(_ name: String) throws(DecodeError) -> Tensor {
    guard let tensor = weights[name] else { throw .option("its \(name) is missing") }
    return tensor
  }

  /// The numbers of the inputs by the names of the layer's arguments: positions first, keywords by name.
  ///
  /// - Throws: `DecodeError.option` for an argument that is not one of `names`.
  func operands(_ names: [String]) throws(DecodeError) -> [String: Int] {
    var found: [String: Int] = [:]
    var positional = 0
    for index in inputs.indices {
      let keyword = index < call.keywords.count ? call.keywords[index] : nil
      if let keyword, keyword != "inputs" {
        guard names.contains(keyword) else { throw .option("its argument \"\(keyword)\" is not supported") }
        found[keyword] = index
      } else {
        guard positional < names.count else {
          throw .option("found \(inputs.count) inputs, expected at most \(names.count): \(names)")
        }
        found[names[positional]] = index
        positional += 1
      }
    }
    return found
  }

  /// - Throws: `DecodeError.option` if the call sets one of these arguments to true.
  func refuse(_ arguments: String...) throws(DecodeError) {
    for name in arguments where call.argument(name)?.truth == true {
      throw .option("it is called with \(name)=True, which is not supported")
    }
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
    /// The node of a label.
    case node(String)
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
  /// The classes, under the names of every Keras version; the current one first.
  var types: [String]
  /// Which options are not supported, for the guide; empty if all are.
  var limits = ""
  /// The order of axes that the layer wants of its input; nil if it does not matter.
  var axisOrder: @Sendable (_ layer: LayerConfig, _ rank: Int) -> AxisOrder? = { _, _ in .channelsLast }
  /// The weights in Keras' order.
  var weights: @Sendable (LayerConfig, Dialect) throws(DecodeError) -> [WeightSpec] = { _, _ in [] }
  /// Whether the layer computes something else when it is called with `training=True`.
  var differsInTraining: @Sendable (LayerFields) throws(DecodeError) -> Bool = { _ in false }
  var decode: @Sendable (DecoderContext) throws(DecodeError) -> [DecodedNode]
}

extension LayerDecoder {
  /// For layers whose `data_format` says which axes are height and width.
  static let byDataFormat: @Sendable (LayerConfig, Int) -> AxisOrder? = { layer, _ in
    layer.fields.isChannelsFirst == true ? .channelsFirst : .channelsLast
  }

  /// For layers that work on the last axes here: axis 1 alone of a map means channels first.
  static let byAxis: @Sendable (LayerConfig, Int) -> AxisOrder? = { layer, rank in
    let axes = layer.fields.value("axis")?.integers(in: LayerFields.Limit.axis)
    return axes == [1] && rank == 3 ? .channelsFirst : .channelsLast
  }

  static let indifferent: @Sendable (LayerConfig, Int) -> AxisOrder? = { _, _ in nil }
}
