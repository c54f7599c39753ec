/// `TensorProto`: a constant, whose numbers stay where they are in the file until they are read.
struct TensorMessage: Sendable {
  var name = ""
  var sizes: [Int] = []
  var type = 0
  /// The numbers as little-endian bytes.
  var raw: ByteRange?
  /// Lists of numbers, packed or one by one, as fields of the message.
  private(set) var listed: [(field: Int, value: WireReader.Value)] = []
  /// Where the numbers are in another file; nil if they are in this one.
  var external: [String: String]?
  private var isExternal = false

  init(_ bytes: ByteRange) throws(WireError) {
    var entries: [String: String] = [:]
    var reader = WireReader(bytes)
    while let (field, value) = try reader.next() {
      switch field {
      case 1: try value.append(to: &sizes)
      case 2: type = value.integer ?? 0
      case 4, 5, 7, 10, 11: listed.append((field, value))
      case 6: listed.append((field, value))
      case 8: name = value.text ?? ""
      case 9: raw = value.bytes
      case 13: if let bytes = value.bytes { try Self.readEntry(bytes, into: &entries) }
      case 14: isExternal = value.integer == 1
      default: break
      }
    }
    if isExternal { external = entries }
  }

  private static func readEntry(_ bytes: ByteRange, into entries: inout [String: String]) throws(WireError) {
    var (key, text) = ("", "")
    var reader = WireReader(bytes)
    while let (field, value) = try reader.next() {
      if field == 1 { key = value.text ?? "" }
      if field == 2 { text = value.text ?? "" }
    }
    entries[key] = text
  }
}
