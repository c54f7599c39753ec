import SaliencyCore

/// The order of axes: Keras' maps may have their channels first, ours have them last.
extension GraphBuilder {
  /// The inputs with their axes in the order that a layer wants.
  mutating func arranged(
    _ inputs: [Value], for layer: LayerConfig, _ decoder: LayerDecoder, name: String
  ) throws(LoadError) -> (values: [Value], isChannelsFirst: Bool) {
    let rank = inputs.map { graph[$0.id].shape.rank }.max() ?? 0
    let maps = inputs.filter { graph[$0.id].shape.rank == 3 }
    var wanted = decoder.axisOrder(layer, rank)
    if wanted == nil, maps.contains(where: \.isChannelsFirst) {
      // Merging maps of both orders, or a map with a vector, is done in Keras' order.
      wanted =
        maps.count == inputs.count && maps.allSatisfy(\.isChannelsFirst) ? .channelsFirst : .channelsLast
    }
    guard let wanted else { return (inputs, false) }
    var values: [Value] = []
    for (position, value) in inputs.enumerated() {
      let mark = inputs.count > 1 ? "\(position + 1)" : ""
      values.append(try arranged(value, wanted, name: name, mark: mark))
    }
    return (values, wanted == .channelsFirst)
  }

  private mutating func arranged(
    _ value: Value, _ wanted: AxisOrder, name: String, mark: String
  ) throws(LoadError) -> Value {
    guard graph[value.id].shape.rank == 3, value.isChannelsFirst != (wanted == .channelsFirst) else {
      return value
    }
    let isFirst = wanted == .channelsFirst
    let label = "\(name).\(isFirst ? "channels_first" : "channels_last")\(mark)"
    let id = try add(
      Permute(isFirst ? [1, 2, 0] : [2, 0, 1]), named: label, layerName: label, inputs: [value.id])
    return Value(id: id, isChannelsFirst: isFirst)
  }
}
