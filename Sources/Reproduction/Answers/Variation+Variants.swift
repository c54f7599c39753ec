internal import Bench
internal import ModelLibrary
internal import SaliencyCore

extension Variation {
  /// The rows, columns, or lines that it stands for, the last axis changing fastest.
  ///
  /// - Parameter base: What the figure says, which the layers of the model may depend on.
  /// - Throws: What is wrong with an image's name or the model.
  func variants(in studio: Studio, base: Setting) throws -> [Variant] {
    var variants = [Variant(setting: fixed)]
    for axis in axes {
      variants = try variants.flatMap { variant in
        try values(of: axis, for: variant.setting.over(base), studio).map { value in
          Variant(
            setting: value.setting.over(variant.setting), parts: variant.parts + value.parts,
            namesClass: variant.namesClass || value.namesClass)
        }
      }
    }
    return variants.map { variant in
      var named = named(variant, isOne: variants.count == 1)
      named.setting = studio.substituted(named.setting)
      return named
    }
  }

  private func named(_ variant: Variant, isOne: Bool) -> Variant {
    var variant = variant
    if variant.setting.show == .picture, variant.setting.method == nil { variant.parts.append("Image") }
    if let label {
      variant.label = isOne ? label : ([label] + variant.parts).joined(separator: ", ")
      variant.namesClass = variant.namesClass && !isOne
    }
    return variant
  }

  private func values(of axis: Axis, for setting: Setting, _ studio: Studio) throws -> [Variant] {
    switch axis {
    case .models(let models):
      return models.map { studio.substituted(Setting(model: $0)) }.map {
        Variant(setting: $0, parts: [$0.model?.label ?? $0.model?.model ?? ""])
      }
    case .images(let names):
      return try picked(studio.images(matching: names)).map {
        Variant(setting: Setting(image: $0.name), namesClass: true)
      }
    case .targets(let targets):
      return studio.targets(targets).map { Variant(setting: Setting(target: $0), namesClass: true) }
    case .methods(let methods):
      return methods.map { Variant(setting: Setting(method: $0), parts: [$0.title]) }
    case .layers(let choice):
      return try layers(choice, of: studio.model(of: setting).model).map {
        Variant(setting: Setting(layer: $0), parts: [$0])
      }
    case .cascading: return try randomised(setting, studio) { layers, i in Array(layers[...i]) }
    case .independent: return try randomised(setting, studio) { layers, i in [layers[i]] }
    case .sweep(let sweep):
      return try sweep.values.map { value in
        Variant(
          setting: Setting(method: try sweep.method(setting.method, at: value)),
          parts: ["\(sweep.parameter) = \(value)"])
      }
    case .enlargements(let ways):
      return ways.map { Variant(setting: Setting(enlargement: $0), parts: [$0.title]) }
    }
  }

  private func randomised(
    _ setting: Setting, _ studio: Studio, _ chosen: ([String], Int) -> [String]
  ) throws -> [Variant] {
    let layers = studio.randomisedModels(try studio.model(of: setting).model).layers
    let trained = Variant(setting: Setting(randomised: []), parts: ["trained"])
    return [trained]
      + picked(Array(layers.indices)).map {
        Variant(setting: Setting(randomised: chosen(layers, $0)), parts: [layers[$0]])
      }
  }

  private func layers(_ choice: LayerChoice, of model: Model) -> [String] {
    switch choice {
    case .named(let names): names
    case .convolutional: picked(model.convolutionalOutputs)
    }
  }

  /// So many of a list as are wanted, evenly, the first and the last among them.
  private func picked<Item>(_ items: [Item]) -> [Item] {
    guard let most, most < items.count else { return items }
    guard most > 1 else { return Array(items.suffix(1)) }
    return (0..<most).map { items[$0 * (items.count - 1) / (most - 1)] }
  }
}

extension Model {
  /// The outputs of the convolutions that the score depends on, each with the normalisation and activation behind it.
  var convolutionalOutputs: [String] {
    let reached = graph.ancestors(of: [score])
    return graph.nodes.filter { reached[$0.id.index] && $0.layer is Conv2D && $0.shape.rank == 3 }.map {
      node in
      var id = node.id
      while true {
        let next = graph.consumers(of: id).filter { reached[$0.index] }
        guard next.count == 1, let layer = graph[next[0]].layer, graph[next[0]].inputs.count == 1,
          layer is BatchNormalization || layer is any ElementwiseLayer || layer is any IdentityLayer
        else { return graph[id].name }
        id = next[0]
      }
    }
  }
}
