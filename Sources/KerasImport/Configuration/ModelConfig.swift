/// One output of one call of a layer: what Keras calls a Keras history.
struct TensorReference: Hashable, Sendable {
  var layer: String
  var call: Int
  var tensor: Int
}

/// One use of a layer: the tensors it reads, and what else is written down about it.
struct LayerCall: Sendable {
  var tensors: [TensorReference]
  var arguments: JSON
}

/// A layer of a configuration, of any Keras version.
struct LayerConfig: Sendable {
  /// The class, such as `Conv2D`.
  var type: String
  var name: String
  /// The package of a class that is not Keras' own, such as `larq` in `larq>QuantConv2D`.
  var package: String?
  /// The Python module of the class, where it is written down.
  var module: String?
  /// What Keras 3 writes beside a layer that stands in several places, the same in each.
  var sharedObject: Int?
  var fields: LayerFields
  /// Each use of the layer; empty in a Sequential model.
  var calls: [LayerCall] = []
  /// The layers inside, for a model used as a layer.
  var nested: ModelConfig?

  var isTrainable: Bool { fields.bool("trainable") ?? true }
}

/// A model's configuration, of any Keras version.
struct ModelConfig: Sendable {
  var name: String
  var isSequential: Bool
  var layers: [LayerConfig]
  /// What the model reads and gives; for a Sequential model empty, as it is the first and the last layer.
  var inputs: [TensorReference] = []
  var outputs: [TensorReference] = []
  /// The input of a Sequential model as its `build_input_shape` says, with the batch axis.
  var builtInputShape: [Int?]?

  /// Every layer at any depth, without the models that hold them, with its path.
  func leaves(prefix: String = "") -> [(path: String, layer: LayerConfig)] {
    layers.flatMap { layer in
      layer.nested?.leaves(prefix: prefix + layer.name + "/") ?? [(prefix + layer.name, layer)]
    }
  }
}

/// What is wrong with a configuration.
struct ConfigError: Error {
  var reason: String
}

extension ModelConfig {
  /// Decodes what `to_json()` prints, or a file's `model_config` or `config.json` holds.
  static func decode(_ json: JSON) throws(ConfigError) -> ModelConfig {
    guard let type = json["class_name"]?.string, let config = json["config"] else {
      throw ConfigError(reason: "it has no class_name and config")
    }
    guard let model = try decode(type: type, config: config, name: nil, depth: 0) else {
      throw ConfigError(
        reason:
          "its class is \(type), wanted Sequential, Model or Functional: a subclassed model is Python code, "
          + "of which a file holds only the name; rebuild it as a functional model and save that")
    }
    return model
  }

  /// A nested or outermost model; nil where the class is none of Keras' model classes with a layer list.
  private static func decode(
    type: String, config: JSON, name: String?, depth: Int
  ) throws(ConfigError) -> ModelConfig? {
    // Keras 1's Merge at the start of a Sequential model holds the models that it joins.
    guard type != "Merge" else { return nil }
    let list: [JSON]
    if let bare = config.array {
      list = bare
    } else if let layers = config["layers"]?.array {
      list = layers
    } else {
      return nil
    }
    guard depth < 16 else { throw ConfigError(reason: "models nest more than 16 deep") }
    let name = config["name"]?.string ?? name ?? "model"
    let isSequential = type.hasSuffix("Sequential") || config.array != nil || config["input_layers"] == nil
    var layers: [LayerConfig] = []
    for entry in list { layers.append(try layer(entry, position: layers.count, depth: depth)) }
    if let twice = Dictionary(grouping: layers, by: \.name).first(where: { $0.value.count > 1 })?.key {
      throw ConfigError(reason: "two layers are called \"\(twice)\"")
    }
    var model = ModelConfig(name: name, isSequential: isSequential, layers: layers)
    model.builtInputShape = LayerFields(config).shape("build_input_shape")
    guard !isSequential else { return model }
    model.inputs = try InboundNodes.references(config["input_layers"] ?? .null)
    model.outputs = try InboundNodes.references(config["output_layers"] ?? .null)
    guard !model.outputs.isEmpty else { throw ConfigError(reason: "model \"\(name)\" has no outputs") }
    return model
  }

  private static func layer(_ json: JSON, position: Int, depth: Int) throws(ConfigError) -> LayerConfig {
    guard let full = json["class_name"]?.string, let config = json["config"] else {
      throw ConfigError(reason: "layer \(position) has no class_name and config")
    }
    let parts = full.split(separator: ">", maxSplits: 1).map(String.init)
    let type = parts.last ?? full
    let name = json["name"]?.string ?? config["name"]?.string ?? "\(type.lowercased())_\(position)"
    let registered = json["registered_name"]?.string?.split(separator: ">").map(String.init) ?? []
    var layer = LayerConfig(type: type, name: name, fields: LayerFields(config))
    layer.package = parts.count > 1 ? parts[0] : registered.count > 1 ? registered[0] : nil
    layer.module = json["module"]?.string
    layer.sharedObject = json["shared_object_id"]?.integer
    layer.nested = try decode(type: type, config: config, name: name, depth: depth + 1)
    do {
      layer.calls = try InboundNodes.calls(json["inbound_nodes"] ?? .null)
    } catch {
      throw ConfigError(reason: "layer \"\(name)\": \(error.reason)")
    }
    if layer.fields.shape("batch_input_shape") == nil, let built = json["build_config"]?["input_shape"] {
      layer.fields.builtInputShape = LayerFields.shape(built)
    }
    return layer
  }
}
