import SaliencyCore

/// Walks the calls of a functional model's layers so that each comes after those it reads.
struct CallOrder {
  private let model: ModelConfig
  /// What each output of each call has become.
  var values: [TensorReference: [GraphBuilder.Value]] = [:]
  private var waiting: [(layer: Int, call: Int)]
  private var position = 0
  private var hasProgressed = false
  /// The number of a layer's first call: models used as layers count their own making as call 0.
  private let firstCall: [String: Int]

  init(model: ModelConfig) {
    self.model = model
    let inputs = Set(model.inputs.map(\.layer))
    waiting = model.layers.indices.flatMap { index in
      inputs.contains(model.layers[index].name) ? [] : model.layers[index].calls.indices.map { (index, $0) }
    }
    firstCall = Self.firstCalls(of: model)
  }

  private static func firstCalls(of model: ModelConfig) -> [String: Int] {
    var highest: [String: Int] = [:]
    var lowest: [String: Int] = [:]
    for reference in model.outputs + model.layers.flatMap({ $0.calls.flatMap(\.tensors) }) {
      highest[reference.layer] = max(highest[reference.layer] ?? 0, reference.call)
      lowest[reference.layer] = min(lowest[reference.layer] ?? .max, reference.call)
    }
    var first: [String: Int] = [:]
    for layer in model.layers where layer.nested != nil {
      // Keras 3 counts so for functional models, older versions for sequential ones as well.
      let beyond = highest[layer.name] ?? 0 >= layer.calls.count
      let functional = layer.nested?.isSequential == false && lowest[layer.name] ?? 0 > 0
      if beyond || functional { first[layer.name] = 1 }
    }
    return first
  }

  /// The output that a reference names, once its call is done.
  func value(_ reference: TensorReference) -> GraphBuilder.Value? {
    guard let outputs = values[TensorReference(layer: reference.layer, call: reference.call, tensor: 0)]
    else {
      return values[reference]?.first
    }
    return reference.tensor < outputs.count ? outputs[reference.tensor] : nil
  }

  /// The next call whose inputs are all there; nil when none is left.
  /// - Throws: `ConfigError` if calls wait for each other, or for what does not exist.
  mutating func next() throws(ConfigError) -> (LayerConfig, Int, LayerCall, [GraphBuilder.Value])? {
    while !waiting.isEmpty {
      if position == waiting.count {
        guard hasProgressed else { throw stuck() }
        hasProgressed = false
        position = 0
      }
      let (index, number) = waiting[position]
      let layer = model.layers[index]
      let call = layer.calls[number]
      let found = call.tensors.compactMap(value)
      if found.count == call.tensors.count, !found.isEmpty {
        waiting.remove(at: position)
        hasProgressed = true
        return (layer, number, call, found)
      }
      position += 1
    }
    return nil
  }

  mutating func finish(_ layer: LayerConfig, call: Int, _ outputs: [GraphBuilder.Value]) {
    let number = call + (firstCall[layer.name] ?? 0)
    values[TensorReference(layer: layer.name, call: number, tensor: 0)] = outputs
  }

  private func stuck() -> ConfigError {
    let names = Set(model.layers.map(\.name))
    let (index, number) = waiting[0]
    let layer = model.layers[index]
    let missing = layer.calls[number].tensors.first { value($0) == nil }
    guard let missing else { return ConfigError(reason: "layer \"\(layer.name)\" has no inputs") }
    if !names.contains(missing.layer) {
      return ConfigError(reason: "layer \"\(layer.name)\" reads \"\(missing.layer)\", which does not exist")
    }
    return ConfigError(
      reason:
        "layer \"\(layer.name)\" waits for \"\(missing.layer)\", which comes after it: the graph has a cycle, "
        + "or a call that does not exist")
  }
}
