/// One output of one call of a layer: what Keras calls a Keras history.
struct TensorReference: Hashable, Sendable {
  var layer: String
  var call: Int
  var tensor: Int
}

/// One use of a layer: the tensors it reads, and its other arguments.
struct LayerCall: Sendable {
  var tensors: [TensorReference] = []
  /// For each tensor the argument it is passed as, or nil if it is passed by position.
  var keywords: [String?] = []
  /// The call as the file has it.
  var arguments: JSON = .null

  /// An argument by its name; nil if it is absent or null.
  ///
  /// Keras 3 writes `{"kwargs": {"axis": -1}}`, tf.keras `["layer", 0, 0, {"axis": -1}]` or a list of such.
  func argument(_ name: String) -> JSON? {
    func find(_ json: JSON) -> JSON? {
      if json.isObject { return json["kwargs"]?[name] }
      guard let values = json.array else { return nil }
      if values.first?.string != nil { return values.count == 4 ? values[3][name] : nil }
      return values.lazy.compactMap(find).first
    }
    return find(arguments).flatMap { $0.isNull ? nil : $0 }
  }

  /// Whether the call fixes Keras' `training` argument; nil if it does not, so that the call around it decides.
  var isTraining: Bool? {
    argument("training")?.truth ?? arguments["args"]?.array?.dropFirst().first?.bool
  }
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
  /// The id that Keras 3 writes for a shared layer, the same at each of its uses.
  var sharedObject: Int?
  var fields: LayerFields
  /// Each use of the layer; empty in a Sequential model.
  var calls: [LayerCall] = []
  /// The layers inside, for a model used as a layer.
  var nested: ModelConfig?

  /// Whether the layer is trained; `LayerFields.checkCommonKeys` rejects what is neither true nor false.
  var isTrainable: Bool { fields.value("trainable")?.truth ?? true }
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

  /// A nested or outermost model; nil if the class is none of Keras' model classes with a layer list.
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
    } else if let malformed = config["layers"], !malformed.isNull {
      throw ConfigError(reason: "key \"layers\" of a \(type): found \(malformed.excerpt), expected a list")
    } else {
      return nil
    }
    guard depth < 16 else { throw ConfigError(reason: "models nest more than 16 deep") }
    let name = try text("name", in: config, of: "a model") ?? name ?? "model"
    let isSequential = type.hasSuffix("Sequential") || config.array != nil || config["input_layers"] == nil
    var layers: [LayerConfig] = []
    for entry in list { layers.append(try layer(entry, position: layers.count, depth: depth)) }
    if let twice = Dictionary(grouping: layers, by: \.name).first(where: { $0.value.count > 1 })?.key {
      throw ConfigError(reason: "two layers are called \"\(twice)\"")
    }
    var model = ModelConfig(name: name, isSequential: isSequential, layers: layers)
    model.builtInputShape = config["build_input_shape"].flatMap(LayerFields.shape)
    guard !isSequential else { return model }
    model.inputs = try InboundNodes.references(config["input_layers"] ?? .null)
    model.outputs = try InboundNodes.references(config["output_layers"] ?? .null)
    guard !model.outputs.isEmpty else { throw ConfigError(reason: "model \"\(name)\" has no outputs") }
    return model
  }

  /// A text that may be absent.
  private static func text(
    _ key: String, in json: JSON, of owner: String
  ) throws(ConfigError) -> String? {
    guard let value = json[key], !value.isNull else { return nil }
    guard let text = value.string else {
      throw ConfigError(reason: "key \"\(key)\" of \(owner): found \(value.excerpt), expected a text")
    }
    return text
  }

  private static func layer(_ json: JSON, position: Int, depth: Int) throws(ConfigError) -> LayerConfig {
    guard let full = json["class_name"]?.string, let config = json["config"] else {
      throw ConfigError(reason: "layer \(position) has no class_name and config")
    }
    let parts = full.split(separator: ">", maxSplits: 1).map(String.init)
    let type = parts.last ?? full
    let given = try text("name", in: json, of: "layer \(position)")
    let inner = try text("name", in: config, of: "layer \(position)")
    let name = given ?? inner ?? "\(type.lowercased())_\(position)"
    let registered = json["registered_name"]?.string?.split(separator: ">").map(String.init) ?? []
    var layer = LayerConfig(type: type, name: name, fields: LayerFields(config))
    layer.package = parts.count > 1 ? parts[0] : registered.count > 1 ? registered[0] : nil
    layer.module = json["module"]?.string
    layer.sharedObject = json["shared_object_id"]?.integer(in: 0...(1 << 48))
    layer.nested = try decode(type: type, config: config, name: name, depth: depth + 1)
    do {
      layer.calls = try InboundNodes.calls(json["inbound_nodes"] ?? .null)
    } catch {
      throw ConfigError(reason: "layer \"\(name)\": \(error.reason)")
    }
    layer.fields.builtInputShape = json["build_config"]?["input_shape"].flatMap(LayerFields.shape)
    return layer
  }
}
