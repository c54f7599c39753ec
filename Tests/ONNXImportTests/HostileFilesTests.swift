import Foundation
import SaliencyCore
import Testing

@testable import ONNXImport

/// Damaged files are an error or load, and nothing else.
@Suite struct HostileFilesTests {
  private static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: try ExportsTests.path(name, "onnx"))))
  }

  /// Loads bytes as a model, or is given an error of one line.
  private func load(_ bytes: [UInt8]) {
    do {
      let loader = try NetworkLoader(ByteRange(FileBytes(bytes)), file: "damaged.onnx")
      _ = try ONNXModel.model(loader, inputSize: (12, 12), output: nil)
    } catch {
      #expect(!error.description.isEmpty && !error.description.contains("\n"))
    }
  }

  @Test(arguments: ExportsTests.names.flatMap { ["\($0)_legacy", "\($0)_dynamo"] })
  func damagedBytesAreErrors(_ name: String) throws {
    let original = try Self.bytes(name)
    let random = CounterRandom(seed: 9)
    let draws = random.uniform(0..<1, shape: [400]).scalars
    for round in 0..<60 {
      var bytes = original
      for change in 0...(round % 3) {
        let draw = draws[(round * 5 + change * 2) % 400]
        let place = min(Int(draw * Float(bytes.count)), bytes.count - 1)
        let kind = Int(draws[(round * 5 + change * 2 + 1) % 400] * 6)
        switch kind {
        case 0: bytes[place] = 0xff
        case 1: bytes[place] = 0
        case 2: bytes[place] ^= UInt8(1 << (round % 8))
        case 3: bytes.removeSubrange(place..<min(place + 3, bytes.count))
        case 4: bytes.insert(contentsOf: [0xff, 0xff, 0xff, 0xff, 0x7f], at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      load(bytes)
    }
  }

  @Test func aFileCutAtAnyByteIsAnError() throws {
    let original = try Self.bytes("tokens_dynamo")
    for end in stride(from: 0, to: original.count, by: 37) { load(Array(original[..<end])) }
  }

  @Test func textIsNoModel() {
    for text in ["", "hello", "{\"a\": 1}", String(repeating: "\u{3a}\u{ff}", count: 40)] {
      load(Array(text.utf8))
    }
  }

  private func error(_ model: TestModel) -> String {
    do {
      _ = try ONNXModel.model(model.loader(), inputSize: nil, output: nil)
      return "loads"
    } catch { return "\(error)" }
  }

  @Test func hugeShapesAreErrorsBeforeMemoryIsTaken() {
    var model = TestModel(inputs: [("x", [1, 3, 8, 8])])
    model.integers = [("shape", [1 << 20, 1 << 20, 1 << 20])]
    model.nodes = [
      .init(type: "ConstantOfShape", inputs: ["shape"], outputs: ["c"]),
      .init(type: "Add", inputs: ["x", "c"], outputs: ["y"]),
    ]
    #expect(error(model).contains("expected fewer elements"))
    model.nodes = [.init(type: "Expand", inputs: ["x", "shape"], outputs: ["y"])]
    #expect(error(model).contains("\"y\""))
    model.integers = [("repeats", [1, 1, 1 << 40, 1 << 40])]
    model.nodes = [.init(type: "Tile", inputs: ["x", "repeats"], outputs: ["y"])]
    #expect(error(model).contains("repeats"))
  }

  @Test func manyComputedConstantsAreAnError() {
    var model = TestModel(inputs: [("x", [1, 3, 8, 8])])
    model.integers = [("shape", [500, 1000])]
    for index in 0..<40 {
      model.nodes.append(.init(type: "ConstantOfShape", inputs: ["shape"], outputs: ["c\(index)"]))
    }
    model.nodes.append(.init(type: "Sum", inputs: (0..<40).map { "c\($0)" } + ["x"], outputs: ["y"]))
    let text = error(model)
    #expect(
      text.contains("more computed constants than a file of this size needs")
        || text.contains("expected fewer elements"))
  }

  @Test func oneNameForAllNodesTakesNoTime() throws {
    var model = TestModel(inputs: [("x", [1, 3, 8, 8])])
    for index in 0..<2000 {
      model.nodes.append(
        .init(
          type: "Relu", inputs: [index == 0 ? "x" : "v\(index - 1)"], outputs: ["v\(index)"], name: "same"))
    }
    model.outputs = ["v1999"]
    #expect(try model.loader().network(inputSize: nil).graph.nodes.count == 2001)
  }
}
