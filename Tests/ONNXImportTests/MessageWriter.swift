@testable import ONNXImport

/// Writes protobuf messages, for files that no exporter would write.
struct MessageWriter {
  private(set) var bytes: [UInt8] = []

  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func number(_ field: Int, _ value: Int) {
    varint(UInt64(field) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func bytes(_ field: Int, _ content: [UInt8]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(content.count))
    bytes += content
  }

  mutating func text(_ field: Int, _ content: String) { bytes(field, Array(content.utf8)) }

  mutating func float(_ field: Int, _ value: Float) {
    varint(UInt64(field) << 3 | 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  mutating func message(_ field: Int, _ body: (inout MessageWriter) -> Void) {
    var inner = MessageWriter()
    body(&inner)
    bytes(field, inner.bytes)
  }
}

/// A model as a test writes it down.
struct TestModel {
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case text(String)
  }

  struct Node {
    var type: String
    var inputs: [String]
    var outputs: [String]
    var attributes: [String: Attribute] = [:]
    var name = ""
    var domain = ""
  }

  var opset = 18
  var inputs: [(name: String, sizes: [Int?])] = []
  var outputs: [String] = ["y"]
  var floats: [(name: String, sizes: [Int], values: [Float])] = []
  var integers: [(name: String, values: [Int])] = []
  var external: [(name: String, sizes: [Int], entries: [String: String])] = []
  var nodes: [Node] = []

  /// The bytes of the file.
  var bytes: [UInt8] {
    var writer = MessageWriter()
    writer.number(1, 8)
    writer.text(2, "tests")
    writer.message(7) { graph in
      for node in nodes { graph.message(1) { Self.write(node, to: &$0) } }
      graph.text(2, "model")
      for constant in floats {
        graph.message(5) { tensor in
          for size in constant.sizes { tensor.number(1, size) }
          tensor.number(2, 1)
          tensor.text(8, constant.name)
          tensor.bytes(9, constant.values.flatMap { value in withUnsafeBytes(of: value) { Array($0) } })
        }
      }
      for constant in integers {
        graph.message(5) { tensor in
          tensor.number(1, constant.values.count)
          tensor.number(2, 7)
          tensor.text(8, constant.name)
          for value in constant.values { tensor.number(7, value) }
        }
      }
      for constant in external {
        graph.message(5) { tensor in
          for size in constant.sizes { tensor.number(1, size) }
          tensor.number(2, 1)
          tensor.text(8, constant.name)
          for (key, value) in constant.entries.sorted(by: { $0.key < $1.key }) {
            tensor.message(13) {
              $0.text(1, key)
              $0.text(2, value)
            }
          }
          tensor.number(14, 1)
        }
      }
      for input in inputs { graph.message(11) { Self.writeValue(input.name, input.sizes, to: &$0) } }
      for output in outputs { graph.message(12) { $0.text(1, output) } }
    }
    writer.message(8) { $0.number(2, opset) }
    return writer.bytes
  }

  private static func writeValue(_ name: String, _ sizes: [Int?], to writer: inout MessageWriter) {
    writer.text(1, name)
    writer.message(2) { type in
      type.message(1) { tensor in
        tensor.number(1, 1)
        tensor.message(2) { shape in
          for size in sizes {
            shape.message(1) { if let size { $0.number(1, size) } else { $0.text(2, "free") } }
          }
        }
      }
    }
  }

  private static func write(_ node: Node, to writer: inout MessageWriter) {
    for input in node.inputs { writer.text(1, input) }
    for output in node.outputs { writer.text(2, output) }
    writer.text(3, node.name)
    writer.text(4, node.type)
    for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
      writer.message(5) { message in
        message.text(1, name)
        switch attribute {
        case .integer(let value): message.number(3, value)
        case .integers(let values): for value in values { message.number(8, value) }
        case .float(let value): message.float(2, value)
        case .text(let value): message.text(4, value)
        }
      }
    }
    writer.text(7, node.domain)
  }

  /// The loader of the file.
  func loader(file: String = "model.onnx") throws -> NetworkLoader {
    try NetworkLoader(ByteRange(FileBytes(bytes)), file: file)
  }
}
