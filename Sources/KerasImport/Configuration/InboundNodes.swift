/// Reads `inbound_nodes`, `input_layers` and `output_layers`, which every Keras version writes differently.
enum InboundNodes {
  /// What tf.keras writes in the place of a layer's name where the first argument of a call is a number.
  static let constantMark = "_CONSTANT_VALUE"

  /// The tensors that each call of a layer reads.
  static func calls(_ json: JSON) throws(ConfigError) -> [LayerCall] {
    guard let nodes = json.array else { return [] }
    var calls: [LayerCall] = []
    for node in nodes {
      if node.isObject {
        // Keras 3: {"args": [...], "kwargs": {...}} with tensors anywhere inside.
        var found: [TensorReference] = []
        collect(node, into: &found)
        calls.append(LayerCall(tensors: found, arguments: node))
      } else {
        calls.append(LayerCall(tensors: try references(node), arguments: node))
      }
    }
    return calls
  }

  /// Keras tensors in the order in which they stand, in lists and keyword arguments alike.
  private static func collect(_ json: JSON, into found: inout [TensorReference]) {
    switch json {
    case .array(let values): for value in values { collect(value, into: &found) }
    case .object(let entries):
      if json["class_name"]?.string == "__keras_tensor__",
        let history = json["config"]?["keras_history"].flatMap(reference)
      {
        found.append(history)
      } else {
        for entry in entries { collect(entry.value, into: &found) }
      }
    default: break
    }
  }

  /// A list of `["layer", call, tensor]`, a single one of them, or a dictionary of them.
  static func references(_ json: JSON) throws(ConfigError) -> [TensorReference] {
    if let single = reference(json) { return [single] + keywords(json) }
    if json.array?.first?.string == constantMark { return keywords(json) }
    switch json {
    case .null: return []
    case .array(let values):
      var found: [TensorReference] = []
      for value in values { found += try references(value) }
      return found
    case .object(let entries):
      var found: [TensorReference] = []
      for entry in entries { found += try references(entry.value) }
      return found
    default: throw ConfigError(reason: "its connections are no list of layer, call and tensor")
    }
  }

  /// Tensors among the keyword arguments that tf.keras writes behind a reference: `["a", 0, 0, {"y": ["b", 0, 0]}]`.
  private static func keywords(_ json: JSON) -> [TensorReference] {
    guard case .object(let entries)? = json.array?.dropFirst(3).first else { return [] }
    return entries.compactMap { reference($0.value) }
  }

  private static func reference(_ json: JSON) -> TensorReference? {
    guard let parts = json.array, parts.count == 3 || parts.count == 4, let layer = parts[0].string,
      let call = parts[1].integer, let tensor = parts[2].integer, call >= 0, tensor >= 0
    else { return nil }
    return TensorReference(layer: layer, call: call, tensor: tensor)
  }
}
