package import SaliencyCore

/// A model with some of its layers drawn anew.
///
/// Each layer is drawn once; every model that has it randomised has the same numbers. They depend on the seed and the layer's name
/// alone, not on the image.
package struct RandomisedModels: Sendable {
  let model: Model
  /// The names of the layers with parameters that the score depends on, from the score down.
  package let layers: [String]
  private let drawn: [String: any Layer]
  /// How many activations of randomised models are kept for all methods; more are computed again each time.
  static let mostKept = 16_000_000

  package init(_ model: Model, initialiser: Initialiser, seed: UInt64) {
    self.model = model
    let reached = model.graph.ancestors(of: [model.score])
    var (layers, drawn) = ([String](), [String: any Layer]())
    for node in model.graph.nodes.reversed() where reached[node.id.index] {
      guard let layer = node.layer as? any ParametricLayer else { continue }
      if !layers.contains(node.owner) { layers.append(node.owner) }
      let key = Self.key(node, layer)
      drawn[key] = drawn[key] ?? layer.redrawn(initialiser, seed: seed, name: key)
    }
    self.layers = layers
    self.drawn = drawn
  }

  /// The model with the given layers randomised.
  package func model(randomising names: some Collection<String>) throws -> Model {
    let chosen = Set(names)
    return model.replacingGraph(
      try model.graph.mapLayers { node, layer in
        chosen.contains(node.owner) ? drawn[Self.key(node, layer)] ?? layer : layer
      })
  }

  /// A Keras layer can be several of ours: a separable convolution is two.
  private static func key(_ node: Node, _ layer: any Layer) -> String { "\(node.owner) (\(layer.kind))" }
}

extension ParametricLayer {
  fileprivate func redrawn(_ initialiser: Initialiser, seed: UInt64, name: String) -> any Layer {
    let key = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    var number: UInt64 = 0
    return mapParameters { parameter in
      defer { number += 1 }
      return initialiser.draw(parameter, from: CounterRandom(seed: seed, path: key, number))
    }
  }
}

extension Subject {
  /// The question asked of the same model with layers randomised.
  ///
  /// Shared by all methods where the forward passes of every layer together stay near 64 MB; else made anew each time.
  func question(randomising names: [String], of models: RandomisedModels, key: String) throws -> Explanation {
    guard model.activationCount * models.layers.count <= RandomisedModels.mostKept else {
      return try ask(models.model(randomising: names))
    }
    return try shared.value(for: "question, \(key): \(names.joined(separator: ", "))") {
      try ask(models.model(randomising: names))
    }
  }

  private func ask(_ model: Model) throws -> Explanation {
    try Explanation(
      model, inputs: input, targets: [.index(target)], layer: question.layer.map { model.graph[$0].name },
      score: question.explained == self.model.score ? .preSoftmax : .output)
  }
}
