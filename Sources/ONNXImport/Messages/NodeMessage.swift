/// `NodeProto`: one use of an operator.
struct NodeMessage: Sendable {
  var name = ""
  var type = ""
  /// The operator's domain; "" is the standard one.
  var domain = ""
  var inputs: [String] = []
  var outputs: [String] = []
  var attributes: [String: AttributeMessage] = [:]

  init(_ bytes: ByteRange) throws(WireError) {
    var reader = WireReader(bytes)
    while let (field, value) = try reader.next() {
      guard let bytes = value.bytes else { continue }
      switch field {
      case 1: inputs.append(bytes.text)
      case 2: outputs.append(bytes.text)
      case 3: name = bytes.text
      case 4: type = bytes.text
      case 5:
        let attribute = try AttributeMessage(bytes)
        attributes[attribute.name] = attribute
      case 7: domain = bytes.text == "ai.onnx" ? "" : bytes.text
      default: break
      }
    }
  }

  /// The node's name, or, where it has none, that of its first output.
  var label: String { name.isEmpty ? outputs.first ?? type : name }
}

/// `AttributeProto`: a named constant of a node.
struct AttributeMessage: Sendable {
  var name = ""
  var float: Float?
  var integer: Int?
  var string: String?
  var tensor: TensorMessage?
  var floats: [Float] = []
  var integers: [Int] = []
  var strings: [String] = []
  /// Whether the value is a graph, a type or something else that no operator here takes.
  var isOther = false

  init(_ bytes: ByteRange) throws(WireError) {
    var reader = WireReader(bytes)
    while let (field, value) = try reader.next() {
      switch field {
      case 1: name = value.text ?? ""
      case 2: float = value.float
      case 3: integer = value.integer
      case 4: string = value.text
      case 5: if let bytes = value.bytes { tensor = try TensorMessage(bytes) }
      case 7: try value.append(to: &floats)
      case 8: try value.append(to: &integers)
      case 9: if let text = value.text { strings.append(text) }
      case 6, 10, 11, 14, 15, 22, 23: isOther = true
      default: break
      }
    }
  }
}
