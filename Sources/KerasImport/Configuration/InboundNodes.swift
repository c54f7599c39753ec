/// Reads `inbound_nodes`, `input_layers` and `output_layers`, which every Keras version writes differently.
enum InboundNodes {
  /// What tf.keras writes in the place of a layer's name where the first argument of a call is a number.
  static let constantMark = "_CONSTANT_VALUE"

  /// The tensors that each call of a layer reads.
  static func calls(_ json: JSON) throws(ConfigError) -> [LayerCall] {
    if json.isNull { return [] }
    guard let nodes = json.array else {
      throw ConfigError(reason: "key \"inbound_nodes\": found \(json.excerpt), expected a list of calls")
    }
    var calls: [LayerCall] = []
    for node in nodes { calls.append(try call(node)) }
    return calls
  }

  private static func call(_ node: JSON) throws(ConfigError) -> LayerCall {
    var inputs: [Input] = []
    if node.isObject {
      // Keras 3: {"args": [...], "kwargs": {...}} with tensors anywhere inside.
      collect(node["args"] ?? .null, keyword: nil, into: &inputs)
      if case .object(let entries)? = node["kwargs"] {
        for entry in entries { collect(entry.value, keyword: entry.key, into: &inputs) }
      }
    } else {
      inputs = try self.inputs(node)
    }
    return LayerCall(tensors: inputs.map(\.tensor), keywords: inputs.map(\.keyword), arguments: node)
  }

  /// A tensor that a call reads, and the argument it is passed as, if by name.
  private struct Input {
    var tensor: TensorReference
    var keyword: String?
  }

  /// Keras tensors in the order in which they stand, in lists and dictionaries alike.
  private static func collect(_ json: JSON, keyword: String?, into found: inout [Input]) {
    switch json {
    case .array(let values): for value in values { collect(value, keyword: keyword, into: &found) }
    case .object(let entries):
      if json["class_name"]?.string == "__keras_tensor__",
        let history = json["config"]?["keras_history"].flatMap(reference)
      {
        found.append(Input(tensor: history, keyword: keyword))
      } else {
        for entry in entries { collect(entry.value, keyword: keyword, into: &found) }
      }
    default: break
    }
  }

  /// A list of `["layer", call, tensor]`, a single one of them, or a dictionary of them.
  static func references(_ json: JSON) throws(ConfigError) -> [TensorReference] {
    try inputs(json).map(\.tensor)
  }

  private static func inputs(_ json: JSON) throws(ConfigError) -> [Input] {
    if let single = reference(json) { return [Input(tensor: single)] + keywords(json) }
    if json.array?.first?.string == constantMark { return keywords(json) }
    switch json {
    case .null: return []
    case .array(let values):
      var found: [Input] = []
      for value in values { found += try inputs(value) }
      return found
    case .object(let entries):
      var found: [Input] = []
      for entry in entries { found += try inputs(entry.value) }
      return found
    default:
      throw ConfigError(reason: "connections: found \(json.excerpt), expected [layer, call, tensor]")
    }
  }

  /// Tensors among the keyword arguments that tf.keras writes behind a reference: `["a", 0, 0, {"y": ["b", 0, 0]}]`.
  private static func keywords(_ json: JSON) -> [Input] {
    guard case .object(let entries)? = json.array?.dropFirst(3).first else { return [] }
    return entries.compactMap { entry in
      reference(entry.value).map { Input(tensor: $0, keyword: entry.key) }
    }
  }

  /// More calls of one layer, or outputs of one call, are a mistake.
  private static let position = 0...(1 << 20)

  private static func reference(_ json: JSON) -> TensorReference? {
    guard let parts = json.array, parts.count == 3 || parts.count == 4, let layer = parts[0].string,
      let call = parts[1].integer(in: position), let tensor = parts[2].integer(in: position)
    else { return nil }
    return TensorReference(layer: layer, call: call, tensor: tensor)
  }
}
