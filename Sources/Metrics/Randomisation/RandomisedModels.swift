package import SaliencyCore
internal import Support

/// A model with some of its layers re-initialised.
///
/// Each layer is drawn once, however many nodes apply it; every model that has it randomised has the same parameters. They
/// depend on the seed and the layer's name alone, not on the image.
package struct RandomisedModels: Sendable {
  let model: Model
  /// The names of the layers with parameters that the score depends on, from the score down.
  package let layers: [String]
  private let ids: [String: LayerID]
  private let drawn: [LayerID: any Layer]
  /// How many activations of randomised models are kept for all methods; more are computed again each time.
  static let mostKept = 16_000_000

  package init(_ model: Model, initialiser: Initialiser, seed: UInt64) {
    self.model = model
    let reached = model.graph.ancestors(of: [model.score])
    var (layers, ids, drawn) = ([String](), [String: LayerID](), [LayerID: any Layer]())
    for node in model.graph.nodes.reversed() where reached[node.id.index] && drawn[node.layerID] == nil {
      guard let layer = node.layer as? any ParametricLayer else { continue }
      // Two layers of one name, which only a graph built by hand can have, are told apart by their nodes.
      let name = ids[node.layerName] == nil ? node.layerName : node.name
      layers.append(name)
      ids[name] = node.layerID
      drawn[node.layerID] = layer.redrawn(initialiser, seed: seed, name: "\(name) (\(layer.kind))")
    }
    (self.layers, self.ids, self.drawn) = (layers, ids, drawn)
  }

  /// The model with the given layers randomised.
  package func model(randomising names: some Collection<String>) throws -> Model {
    let chosen = Set(names.compactMap { ids[$0] })
    return model.replacingGraph(
      try model.graph.mapLayers { node, layer in
        chosen.contains(node.layerID) ? drawn[node.layerID] ?? layer : layer
      })
  }
}

extension ParametricLayer {
  fileprivate func redrawn(_ initialiser: Initialiser, seed: UInt64, name: String) -> any Layer {
    let key = FNV1a(name).value
    var number: UInt64 = 0
    return mapParameters { parameter in
      defer { number += 1 }
      return initialiser.draw(parameter, from: CounterRandom(seed: seed, path: key, number))
    }
  }
}

extension Subject {
  /// The request for the same model with layers randomised.
  ///
  /// Shared by all methods if the forward passes of all layers together take about 64 MB or less; else computed each time.
  func request(randomising names: [String], of models: RandomisedModels, key: String) throws
    -> AttributionRequest
  {
    guard model.activationCount * models.layers.count <= RandomisedModels.mostKept else {
      return try request.with(model: models.model(randomising: names))
    }
    return try shared.value(for: "request, \(key): \(names.joined(separator: ", "))") {
      try request.with(model: models.model(randomising: names))
    }
  }
}
