internal import Metrics
internal import ModelLibrary
internal import SaliencyCore
internal import Support

extension Variation {
  /// The rows, columns, or lines that it declares; the last axis changes fastest.
  ///
  /// - Parameter base: The figure's own setting, which the layers of the model may depend on.
  /// - Throws: `SettingError` for an unknown image; the errors of loading the model.
  func variants(in context: FigureContext, base: Setting) throws -> [Variant] {
    var variants = [Variant(setting: fixed)]
    for axis in axes {
      variants = try variants.flatMap { variant in
        try values(of: axis, for: variant.setting.withDefaults(base), context).map { value in
          Variant(
            setting: value.setting.withDefaults(variant.setting), parts: variant.parts + value.parts,
            namesClass: variant.namesClass || value.namesClass)
        }
      }
    }
    return variants.map { variant in
      var named = named(variant, isOne: variants.count == 1)
      named.setting = context.substituted(named.setting)
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

  private func values(of axis: Axis, for setting: Setting, _ context: FigureContext) throws -> [Variant] {
    switch axis {
    case .models(let models):
      return models.map { context.substituted(Setting(model: $0)) }.map {
        Variant(setting: $0, parts: [$0.model?.label ?? $0.model?.model ?? ""])
      }
    case .images(let names):
      return try context.images(matching: names).picked(atMost: most).map {
        Variant(setting: Setting(image: $0.name), namesClass: true)
      }
    case .targets(let targets):
      return context.targets(targets).map { Variant(setting: Setting(target: $0), namesClass: true) }
    case .methods(let methods):
      return methods.map { Variant(setting: Setting(method: $0), parts: [$0.title]) }
    case .layers(let choice):
      return try layers(choice, of: context.model(of: setting).model).map {
        Variant(setting: Setting(layer: $0), parts: [$0])
      }
    case .cascading: return try randomised(setting, context) { layers, i in Array(layers[...i]) }
    case .independent: return try randomised(setting, context) { layers, i in [layers[i]] }
    case .sweep(let sweep):
      return try sweep.values.map { value in
        Variant(
          setting: Setting(method: try sweep.method(setting.method, at: value)),
          parts: ["\(sweep.parameter) = \(value)"])
      }
    case .enlargements(let kinds):
      return kinds.map { Variant(setting: Setting(enlargement: $0), parts: [$0.title]) }
    }
  }

  private func randomised(
    _ setting: Setting, _ context: FigureContext, _ chosen: ([String], Int) -> [String]
  ) throws -> [Variant] {
    let layers = context.randomisedModels(try context.model(of: setting).model).layers
    let trained = Variant(setting: Setting(randomised: []), parts: ["trained"])
    return [trained]
      + Array(layers.indices).picked(atMost: most).map {
        Variant(setting: Setting(randomised: chosen(layers, $0)), parts: [layers[$0]])
      }
  }

  private func layers(_ choice: LayerChoice, of model: Model) -> [String] {
    switch choice {
    case .named(let names): names
    case .convolutional:
      model.convolutionalOutputs.picked(
        atMost: most, keeping: model.defaultLayer.map { model.graph[$0].name })
    }
  }
}

extension Array {
  /// At most so many elements, evenly, the first and the last among them.
  fileprivate func picked(atMost most: Int?) -> [Element] {
    guard let most, most < count else { return self }
    guard most > 1 else { return Array(suffix(1)) }
    return (0..<most).map { self[$0 * (count - 1) / (most - 1)] }
  }
}

extension [String] {
  /// As `picked(atMost:)`, with one element that is kept in place of its nearest neighbour.
  func picked(atMost most: Int?, keeping kept: String?) -> [String] {
    var places = [Int](indices).picked(atMost: most)
    guard let kept, let place = firstIndex(of: kept), !places.contains(place),
      let nearest = places.indices.min(by: { abs(places[$0] - place) < abs(places[$1] - place) })
    else { return places.map { self[$0] } }
    places[nearest] = place
    return places.map { self[$0] }
  }
}

extension Model {
  /// The layers whose maps are worth comparing, in the order of the graph: the outputs of the convolutions that the score
  /// depends on, each with the normalisation and activation behind it, and the default layer.
  ///
  /// Convolutions of a single position (squeeze and excitation) make no map.
  var convolutionalOutputs: [String] {
    let reached = graph.ancestors(of: [score])
    let convolutions = graph.nodes.filter {
      reached[$0.id.index] && $0.layer is Conv2D && $0.shape.rank == 3 && $0.shape[0] * $0.shape[1] > 1
    }
    let outputs = convolutions.map { activated($0.id, reached) } + [defaultLayer].compactMap(\.self)
    return Set(outputs.map(\.index)).sorted().map { graph.nodes[$0].name }
  }

  /// The last of the normalisations and activations that alone read a node, one after the other.
  private func activated(_ start: NodeID, _ reached: [Bool]) -> NodeID {
    var id = start
    while true {
      let next = graph.consumers(of: id).filter { reached[$0.index] }
      guard next.count == 1, let layer = graph[next[0]].layer, graph[next[0]].inputs.count == 1,
        layer is BatchNormalization || layer is any ElementwiseLayer || layer is any IdentityLayer
      else { return id }
      id = next[0]
    }
  }
}
