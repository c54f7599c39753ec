package import SaliencyCore
internal import Support

/// A model with some of its layers re-initialised.
///
/// Each layer is drawn once, however many nodes apply it; every model that has it randomised has the same parameters. They
/// depend on the seed, the number of the draw and the layer's name alone, not on the image.
package struct RandomisedModels: Sendable {
  let model: Model
  /// The names of the layers with parameters that the score depends on, from the score down.
  package let layers: [String]
  private let ids: [String: LayerID]
  private let drawn: [LayerID: any Layer]
  /// How many activations of randomised models are kept for all methods; more are computed again each time.
  static let mostKept = 16_000_000
  /// How many parameters of randomised models are kept for all images; more are drawn again each time.
  static let mostParametersKept = 64_000_000

  /// - Parameter draw: The number of the re-initialisation.
  package init(_ model: Model, initialiser: Initialiser, seed: UInt64, draw: Int = 0) {
    self.model = model
    let reached = model.graph.ancestors(of: [model.score])
    var (layers, ids, drawn) = ([String](), [String: LayerID](), [LayerID: any Layer]())
    for node in model.graph.nodes.reversed() where reached[node.id.index] && drawn[node.layerID] == nil {
      guard let layer = node.layer as? any ParametricLayer else { continue }
      // Two layers of one name, which only a graph built by hand can have, are told apart by their nodes.
      let name = ids[node.layerName] == nil ? node.layerName : node.name
      layers.append(name)
      ids[name] = node.layerID
      drawn[node.layerID] = layer.redrawn(
        initialiser, seed: seed, name: "\(name) (\(layer.kind))" + (draw > 0 ? ", draw \(draw)" : ""))
    }
    (self.layers, self.ids, self.drawn) = (layers, ids, drawn)
  }

  /// The bytes of the re-initialised weights that are kept for all images: as drawn, and as kernels transform them, which for a
  /// 3x3 convolution are up to four times as many numbers.
  static func expectedMemory(for model: Model, draws: Int) -> Int {
    let count = model.graph.parameterCount
    return 5 * count * (count * draws <= mostParametersKept ? draws : 1) * MemoryLayout<Float>.stride
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
  func request(
    randomising names: [String], of models: RandomisedModels, key: String, draws: Int
  ) throws
    -> AttributionRequest
  {
    guard model.activationCount * models.layers.count * draws <= RandomisedModels.mostKept else {
      return try request.with(model: models.model(randomising: names))
    }
    return try shared.value(for: "request, \(key): \(names.joined(separator: ", "))") {
      try request.with(model: models.model(randomising: names))
    }
  }

  /// Draw number `draw` of the re-initialised models, kept for all images if the draws together are not too large.
  func randomisedModels(_ initialiser: Initialiser, draw: Int, of draws: Int) -> (
    models: RandomisedModels, key: String
  ) {
    let key = "randomised by \(initialiser.rawValue), seed \(seed), draw \(draw)"
    func make() -> RandomisedModels {
      RandomisedModels(model, initialiser: initialiser, seed: seed, draw: draw)
    }
    let isKept = model.graph.parameterCount * draws <= RandomisedModels.mostParametersKept
    return (isKept ? sharedByModel.value(for: key, make: make) : make(), key)
  }

  /// The request for another model whose nodes have the same names, by default about the same image.
  func request(for model: Model, inputs: Tensor? = nil) throws -> AttributionRequest {
    try AttributionRequest(
      model, inputs: inputs ?? input, targets: [target.target],
      layer: request.layer.map { self.model.graph[$0].name }, score: request.score, reach: request.reach)
  }
}
