/// `ModelProto`: the field numbers are those of onnx.proto.
struct ModelMessage: Sendable {
  /// The oldest version of the format that is read, of 2017.
  static let oldestVersion = 3

  var irVersion = 0
  var producer = ""
  var producerVersion = ""
  /// The version of each operator set, by its domain; the standard one is "".
  var opsets: [String: Int] = [:]
  var graph: GraphMessage?
  /// The names of functions that the file defines.
  var functions: [String] = []

  init(_ bytes: ByteRange) throws(WireError) {
    var reader = WireReader(bytes)
    while let (field, value) = try reader.next() {
      switch field {
      case 1: irVersion = value.integer ?? 0
      case 2: producer = value.text ?? ""
      case 3: producerVersion = value.text ?? ""
      case 7: if let bytes = value.bytes { graph = try GraphMessage(bytes) }
      case 8:
        guard let bytes = value.bytes else { continue }
        var (domain, version) = ("", 0)
        var reader = WireReader(bytes)
        while let (field, value) = try reader.next() {
          if field == 1 { domain = value.text ?? "" }
          if field == 2 { version = value.integer ?? 0 }
        }
        opsets[domain == "ai.onnx" ? "" : domain] = version
      case 25:
        guard let bytes = value.bytes else { continue }
        var reader = WireReader(bytes)
        while let (field, value) = try reader.next() {
          if field == 1, let name = value.text { functions.append(name) }
        }
      default: break
      }
    }
  }

  /// Whether bytes look like a model: the version comes first, or all fields can be told apart and one is a graph.
  static func recognises(_ bytes: ByteRange) -> Bool {
    let head = bytes.withBytes { Array($0.prefix(3)) }
    if head.count == 3, head[0] == 0x08, head[1] > 0, head[1] < 0x40,
      [0x12, 0x1a, 0x22, 0x2a, 0x32, 0x3a, 0x42].contains(head[2])
    {
      return true
    }
    var reader = WireReader(bytes)
    var hasGraph = false
    do {
      while let (field, value) = try reader.next() {
        guard field <= 30 else { return false }
        if field == 7, value.bytes != nil { hasGraph = true }
      }
    } catch { return false }
    return hasGraph
  }
}

/// `GraphProto`.
struct GraphMessage: Sendable {
  var name = ""
  var nodes: [NodeMessage] = []
  var initializers: [TensorMessage] = []
  var inputs: [ValueMessage] = []
  var outputs: [ValueMessage] = []
  var hasSparseInitializers = false

  init(_ bytes: ByteRange) throws(WireError) {
    var reader = WireReader(bytes)
    while let (field, value) = try reader.next() {
      guard let bytes = value.bytes else { continue }
      switch field {
      case 1: nodes.append(try NodeMessage(bytes))
      case 2: name = bytes.text
      case 5: initializers.append(try TensorMessage(bytes))
      case 11: inputs.append(try ValueMessage(bytes))
      case 12: outputs.append(try ValueMessage(bytes))
      case 15: hasSparseInitializers = true
      default: break
      }
    }
  }
}

/// `ValueInfoProto`: the name, type and shape of an input or output.
struct ValueMessage: Sendable {
  /// One axis: a size, or a symbol, or nothing.
  enum Dimension: Sendable, Equatable {
    case size(Int)
    case symbol(String)
    case unknown
  }

  var name = ""
  /// The element type; nil if the value is no tensor.
  var elementType: Int?
  /// nil if the file does not state it.
  var shape: [Dimension]?

  init(_ bytes: ByteRange) throws(WireError) {
    var reader = WireReader(bytes)
    while let (field, value) = try reader.next() {
      if field == 1 { name = value.text ?? "" }
      if field == 2, let bytes = value.bytes { try readType(bytes) }
    }
  }

  private mutating func readType(_ bytes: ByteRange) throws(WireError) {
    var reader = WireReader(bytes)
    while let (field, value) = try reader.next() {
      guard field == 1, let bytes = value.bytes else { continue }
      var tensor = WireReader(bytes)
      while let (field, value) = try tensor.next() {
        if field == 1 { elementType = value.integer }
        if field == 2, let bytes = value.bytes { shape = try Self.dimensions(bytes) }
      }
    }
  }

  private static func dimensions(_ bytes: ByteRange) throws(WireError) -> [Dimension] {
    var result: [Dimension] = []
    var reader = WireReader(bytes)
    while let (field, value) = try reader.next() {
      guard field == 1, let bytes = value.bytes else { continue }
      var dimension = Dimension.unknown
      var reader = WireReader(bytes)
      while let (field, value) = try reader.next() {
        if field == 1, let size = value.integer { dimension = size > 0 ? .size(size) : .unknown }
        if field == 2, let name = value.text, !name.isEmpty { dimension = .symbol(name) }
      }
      result.append(dimension)
    }
    return result
  }
}
