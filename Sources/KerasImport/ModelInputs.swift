import HDF5
import SaliencyCore

/// An input of a model as its configuration describes it.
struct ModelInput: Sendable {
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
  /// - Throws: `LoadError.inputSizeNeeded` where a size is unknown and none is given.
  func resolved(
    to size: (height: Int, width: Int)?, file: String
  ) throws(LoadError) -> Shape {
    var dimensions = channelsLast
    if let size, dimensions.count == 3 { (dimensions[0], dimensions[1]) = (size.height, size.width) }
    let known = dimensions.compactMap(\.self)
    guard known.count == dimensions.count else { throw .inputSizeNeeded(file: file, input: name) }
    guard known.allSatisfy({ (1...65536).contains($0) }) else {
      throw .badConfiguration(file: file, reason: "input \"\(name)\" has the absurd shape \(known)")
    }
    return Shape(known)
  }
}

extension ModelConfig {
  /// The inputs in order, as far as the configuration and the weights' shapes tell.
  func modelInputs(_ plan: WeightPlan, _ dialect: Dialect) -> [ModelInput] {
    let isChannelsFirst = startsChannelsFirst
    let found: [ModelInput] =
      isSequential
      ? [sequentialInput(isChannelsFirst)]
      : inputs.map { reference in
        let layer = layers.first { $0.name == reference.layer }
        return ModelInput(
          name: reference.layer, shape: layer?.shapeOfInput ?? [nil, nil, nil],
          isChannelsFirst: isChannelsFirst)
      }
    return found.map { $0.completed(channels: firstChannels(plan, dialect)) }
  }

  private func sequentialInput(_ isChannelsFirst: Bool) -> ModelInput {
    let first = layers.first
    let name = first.map { $0.type == "InputLayer" ? $0.name : $0.name + "_input" } ?? "input"
    let shape = innermostInputShape ?? builtInputShape.map { Array($0.dropFirst()) }
    let isImage = leaves().contains { $0.layer.type.contains("2D") }
    return ModelInput(
      name: name, shape: shape ?? (isImage ? [nil, nil, nil] : [nil]), isChannelsFirst: isChannelsFirst)
  }

  /// The input shape of the first layer, or of the first layer of the model that it is, and so on.
  private var innermostInputShape: [Int?]? {
    guard let first = layers.first else { return nil }
    if let shape = first.shapeOfInput { return shape }
    guard let nested = first.nested else { return nil }
    if nested.isSequential {
      return nested.innermostInputShape ?? nested.builtInputShape.map { Array($0.dropFirst()) }
    }
    return nested.inputs.first.flatMap { reference in
      nested.layers.first { $0.name == reference.layer }?.shapeOfInput
    }
  }

  /// Whether the first layer that cares about the order of axes wants channels first.
  private var startsChannelsFirst: Bool {
    leaves().lazy.compactMap { $0.layer.fields.isChannelsFirst }.first ?? false
  }

  /// The channels that the first convolution's kernel wants.
  private func firstChannels(_ plan: WeightPlan, _ dialect: Dialect) -> Int? {
    for owner in weightOwners(dialect) {
      guard let kernel = plan.datasets[owner.path]?.first?.shape else { continue }
      guard kernel.count == 4 else { return owner.layer.type == "Dense" ? kernel.first : nil }
      let isFiltersFirst = dialect.major == 1 && owner.layer.fields.isChannelsFirst == true
      return kernel[isFiltersFirst ? 1 : 2] * (owner.layer.fields.integer("groups") ?? 1)
    }
    return nil
  }
}

extension LayerConfig {
  fileprivate var shapeOfInput: [Int?]? { fields.inputShape.map { Array($0.dropFirst()) } }
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
      file: file, input: first.name, own: Array(first.shape.prefix(2)), found: [size.height, size.width])
  }
}
