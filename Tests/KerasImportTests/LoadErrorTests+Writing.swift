import Foundation
import HDF5
import KerasImport

/// Writes the files of `LoadErrorTests`, and tells what loading them says.
extension LoadErrorTests {
  /// The error of loading a file, with the file called FILE.
  func message(
    _ name: String = "model.h5", architecture: String? = nil, writing: (String) throws -> Void
  ) throws -> String {
    let folder = NSTemporaryDirectory() + "saliency-load-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/" + name
    try writing(path)
    do {
      let given = architecture.map { Architecture.text(Array($0.utf8), name: "arch.json") }
      _ = try KerasModel.load(path: path, architecture: given)
      return "no error"
    } catch {
      return "\(error)".replacingOccurrences(of: path, with: "FILE")
    }
  }

  func layer(_ type: String, _ fields: String, name: String, reads: String? = nil) -> String {
    let calls = reads.map { "[[[\"\($0)\", 0, 0, {}]]]" } ?? "[]"
    return
      "{\"class_name\": \"\(type)\", \"name\": \"\(name)\", \"config\": {\"name\": \"\(name)\"\(fields.isEmpty ? "" : ", ")"
      + "\(fields)}, \"inbound_nodes\": \(calls)}"
  }

  var input: String { "\"batch_input_shape\": [null, 4, 4, 3]" }

  func functional(_ layers: [String], input: String = "in", outputs: [String]) -> String {
    let last = outputs.map { "[\"\($0)\", 0, 0]" }.joined(separator: ", ")
    return
      "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": [\(layers.joined(separator: ", "))], "
      + "\"input_layers\": [[\"\(input)\", 0, 0]], \"output_layers\": [\(last)]}}"
  }

  func sequential(_ layers: [String]) -> String {
    "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"m\", \"layers\": [\(layers.joined(separator: ", "))]}}"
  }

  /// Writes a full model of a configuration, with weights by layer.
  func write(
    _ config: String, _ weights: [(layer: String, name: String, shape: [Int])] = [], to path: String
  ) throws {
    try HDF5Writer.write(to: path) { file in
      try file.attribute("model_config", config)
      try file.attribute("keras_version", "2.4.0")
      try file.group("model_weights")
      let layers = weights.map(\.layer).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      try file.attribute("layer_names", layers, of: "model_weights")
      for layer in layers {
        let own = weights.filter { $0.layer == layer }
        for weight in own {
          let count = weight.shape.reduce(1, *)
          try file.dataset(
            "model_weights/\(layer)/\(weight.name)", shape: weight.shape,
            [Float](repeating: 0.5, count: count))
        }
        try file.attribute("weight_names", own.map(\.name), of: "model_weights/\(layer)")
      }
    }
  }

  func message(
    of config: String, _ weights: [(layer: String, name: String, shape: [Int])] = []
  ) throws -> String {
    try message { try write(config, weights, to: $0) }
  }

  func archive(_ entries: [(String, String)]) -> Data {
    var data = Data()
    var directory = Data()
    for (name, text) in entries {
      let size = text.utf8.count
      var common = number(20, 2)
      for (value, width) in [
        (0, 2), (0, 2), (0, 4), (sum(text), 4), (size, 4), (size, 4), (name.utf8.count, 2), (0, 2),
      ] {
        common += number(value, width)
      }
      directory += [0x50, 0x4B, 1, 2] + number(20, 2) + common
      directory += number(0, 6) + number(0, 4) + number(data.count, 4) + Array(name.utf8)
      data += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + Array(text.utf8)
    }
    var end: [UInt8] =
      [0x50, 0x4B, 5, 6] + number(0, 4) + number(entries.count, 2) + number(entries.count, 2)
    end += number(directory.count, 4) + number(data.count, 4) + number(0, 2)
    return data + directory + end
  }

  private func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func sum(_ text: String) -> Int {
    var sum = UInt32.max
    for byte in text.utf8 {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
    return Int(~sum)
  }

  func message(archive entries: [(String, String)]) throws -> String {
    try message("model.keras") { try archive(entries).write(to: URL(fileURLWithPath: $0)) }
  }
}
