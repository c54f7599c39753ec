import SaliencyCore

/// Decoding of one layer.
extension GraphBuilder {
  mutating func apply(
    _ layer: LayerConfig, _ call: LayerCall, to inputs: [Value], at place: Place
  ) throws(LoadError) -> [Value] {
    let (name, key) = (place.path, place.key)
    if let nested = layer.nested {
      return try add(nested, to: inputs, path: name + "/", key: key + "/", isTraining: place.isTraining)
    }
    if let objection = LayerTable.objection(to: layer) { throw error(objection, layer, name) }
    guard let decoder = LayerTable.decoder(for: layer.type) else {
      throw error(.unsupported(nil), layer, name)
    }
    let (values, isChannelsFirst) = try arranged(inputs, for: layer, decoder, name: name)
    let context = DecoderContext(
      layer: layer, dialect: dialect, call: call, inputs: values.map { graph[$0.id].shape },
      isChannelsFirst: isChannelsFirst, weights: try weights(of: layer, decoder, reading: values, at: place))
    let nodes: [DecodedNode]
    do throws(DecodeError) {
      // Keras 3 overrides what the call says: its `predict` is inference for every layer.
      if place.isTraining, dialect.major < 3, try decoder.differsInTraining(layer.fields) {
        throw LayerTable.calledInTraining
      }
      nodes = try decoder.decode(context)
    } catch { throw self.error(error, layer, name) }
    let last = try append(nodes, reading: values.map(\.id), name: name, key: key)
    return [Value(id: last, isChannelsFirst: isChannelsFirst && graph[last].shape.rank == 3)]
  }

  /// The layer's weights by name, from the file or random.
  private func weights(
    of layer: LayerConfig, _ decoder: LayerDecoder, reading inputs: [Value], at place: Place
  ) throws(LoadError) -> [String: Tensor] {
    var tensors = weights[place.key] ?? []
    let specs: [WeightSpec]
    do {
      specs = try decoder.weights(layer, dialect)
      if let random {
        let channels = inputs.first.flatMap { graph[$0.id].shape.dimensions.last } ?? 1
        tensors = try random.tensors(for: specs, of: layer, at: place.key, channels: channels)
      }
    } catch { throw self.error(error, layer, place.path) }
    guard tensors.count == specs.count else {
      throw .missingWeights(file: file, layer: place.path, reason: "its weights are not in the file")
    }
    return Dictionary(zip(specs.map(\.name), tensors), uniquingKeysWith: { first, _ in first })
  }

  private func error(_ error: DecodeError, _ layer: LayerConfig, _ name: String) -> LoadError {
    LoadError(error, in: layer, at: name, file: file)
  }
}
