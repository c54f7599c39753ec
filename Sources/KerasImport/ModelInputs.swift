import HDF5
import SaliencyCore

/// An input of a model as its configuration describes it.
struct ModelInput: Sendable {
  /// The largest size of an axis.
  static let largestSide = 65536

  var name: String
  /// Without the batch axis, in Keras' order; nil is an unknown size.
  var shape: [Int?]
  /// Whether Keras' order is (channels, height, width).
  var isChannelsFirst: Bool

  /// Keras' shape in this tool's order: channels last.
  var channelsLast: [Int?] {
    isChannelsFirst && shape.count == 3 ? [shape[1], shape[2], shape[0]] : shape
  }

  /// The shape with its unknown height and width, and known ones too, replaced by a given size.
  ///
  /// - Throws: `LoadError.inputSizeNeeded` if a size is unknown and none is given.
  func resolved(
    to size: (height: Int, width: Int)?, file: String
  ) throws(LoadError) -> Shape {
    var dimensions = channelsLast
    if let size, dimensions.count == 3 { (dimensions[0], dimensions[1]) = (size.height, size.width) }
    let known = dimensions.compactMap(\.self)
    guard known.count == dimensions.count else { throw .inputSizeNeeded(file: file, input: name) }
    guard known.allSatisfy({ (1...Self.largestSide).contains($0) }) else {
      throw .badConfiguration(
        file: file,
        reason: "input \"\(name)\": found the shape \(known), expected sizes from 1 to \(Self.largestSide)")
    }
    return Shape(known)
  }
}

extension ModelConfig {
  /// The inputs in order, as far as the configuration and the weights' shapes tell.
  ///
  /// - Throws: `LoadError.unsupportedOption` for a malformed shape or number.
  func modelInputs(
    _ plan: WeightPlan, _ dialect: Dialect, file: String
  ) throws(LoadError) -> [ModelInput] {
    let isChannelsFirst = startsChannelsFirst
    var found: [ModelInput] = []
    if isSequential {
      found = [try sequentialInput(isChannelsFirst, file: file)]
    } else {
      for reference in inputs {
        let layer = layers.first { $0.name == reference.layer }
        found.append(
          ModelInput(
            name: reference.layer, shape: try layer?.shapeOfInput(file) ?? [nil, nil, nil],
            isChannelsFirst: isChannelsFirst))
      }
    }
    let channels = try firstChannels(plan, dialect, file: file)
    return found.map { $0.completed(channels: channels) }
  }

  private func sequentialInput(_ isChannelsFirst: Bool, file: String) throws(LoadError) -> ModelInput {
    let first = layers.first
    let name = first.map { $0.type == "InputLayer" ? $0.name : $0.name + "_input" } ?? "input"
    let shape = try innermostInputShape(file) ?? builtInputShape.map { Array($0.dropFirst()) }
    let isImage = leaves().contains { $0.layer.type.contains("2D") }
    return ModelInput(
      name: name, shape: shape ?? (isImage ? [nil, nil, nil] : [nil]), isChannelsFirst: isChannelsFirst)
  }

  /// The input shape of the first layer, or of the first layer of the model that it is, and so on.
  private func innermostInputShape(_ file: String) throws(LoadError) -> [Int?]? {
    guard let first = layers.first else { return nil }
    if let shape = try first.shapeOfInput(file) { return shape }
    guard let nested = first.nested else { return nil }
    if nested.isSequential {
      return try nested.innermostInputShape(file) ?? nested.builtInputShape.map { Array($0.dropFirst()) }
    }
    guard let reference = nested.inputs.first else { return nil }
    return try nested.layers.first { $0.name == reference.layer }?.shapeOfInput(file)
  }

  /// Whether the first layer that cares about the order of axes wants channels first.
  private var startsChannelsFirst: Bool {
    leaves().lazy.compactMap { $0.layer.fields.isChannelsFirst }.first ?? false
  }

  /// The channels that the first convolution's kernel wants.
  private func firstChannels(_ plan: WeightPlan, _ dialect: Dialect, file: String) throws(LoadError) -> Int? {
    for (path, layer) in leaves() {
      guard let kernel = plan.datasets[path]?.first?.shape else { continue }
      guard kernel.count == 4 else { return layer.type == "Dense" ? kernel.first : nil }
      let isFiltersFirst = dialect.major == 1 && layer.fields.isChannelsFirst == true
      do {
        let groups = try layer.fields.integer("groups", in: LayerFields.Limit.groups) ?? 1
        return elementCount(of: [kernel[isFiltersFirst ? 1 : 2], groups], limit: ModelInput.largestSide)
      } catch { throw LoadError(error, in: layer, at: path, file: file) }
    }
    return nil
  }
}

extension LayerConfig {
  /// The shape of the layer's input without the batch axis, if the configuration states it.
  fileprivate func shapeOfInput(_ file: String) throws(LoadError) -> [Int?]? {
    do {
      return try fields.inputShape.map { Array($0.dropFirst()) }
    } catch { throw LoadError(error, in: self, at: name, file: file) }
  }
}

extension ModelInput {
  /// The input with its unknown channels filled in.
  fileprivate func completed(channels: Int?) -> ModelInput {
    var copy = self
    let axis = isChannelsFirst && shape.count == 3 ? 0 : shape.count - 1
    if axis >= 0, copy.shape[axis] == nil { copy.shape[axis] = channels }
    return copy
  }
}

extension [ModelInput] {
  /// Refuses a size that no image input can have because the file fixes another.
  ///
  /// - Throws: `LoadError.inputSizeFixed`.
  func requireSize(_ size: (height: Int, width: Int), file: String) throws(LoadError) {
    let images = filter { $0.shape.count == 3 }.map { (name: $0.name, shape: $0.channelsLast) }
    let isTaken = images.contains { input in
      (input.shape[0] ?? size.height) == size.height && (input.shape[1] ?? size.width) == size.width
    }
    guard !isTaken, let first = images.first else { return }
    throw .inputSizeFixed(
      file: file, input: first.name, own: [Int?](first.shape.prefix(2)), found: [size.height, size.width])
  }
}
