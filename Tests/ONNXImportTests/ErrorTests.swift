import Foundation
import SaliencyCore
import Testing

@testable import ONNXImport

/// Errors name the file, the node, what was found and what is supported.
@Suite struct ErrorTests {
  private func error(_ model: TestModel, output: String? = nil) -> String {
    do {
      _ = try ONNXModel.model(model.loader(), inputSize: nil, output: output)
      return "loads"
    } catch { return "\(error)" }
  }

  private func model(_ nodes: TestModel.Node..., sizes: [Int?] = [nil, 3, 8, 8]) -> TestModel {
    TestModel(inputs: [("x", sizes)], nodes: nodes)
  }

  @Test func anUnsupportedOperatorIsNamed() {
    let text = error(model(.init(type: "Unique", inputs: ["x"], outputs: ["y"], name: "/head/Unique")))
    #expect(
      text.hasPrefix(
        "model.onnx: node \"/head/Unique\": found operator Unique (opset 18), which is not supported; supported are Abs, "
      ))
    #expect(
      error(model(.init(type: "Relo", inputs: ["x"], outputs: ["y"]))).contains("(near: Relu"))
    #expect(
      error(model(.init(type: "Scaler", inputs: ["x"], outputs: ["y"], domain: "ai.onnx.ml")))
        == "model.onnx: node \"y\": found operator ai.onnx.ml.Scaler (opset 18), which is not supported: classical machine learning "
        + "has no gradients")
    #expect(
      error(model(.init(type: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["y"]))).contains(
        "the model is quantised"))
  }

  @Test func anUnsupportedOptionNamesItsNode() {
    let node = TestModel.Node(
      type: "Softmax", inputs: ["x"], outputs: ["y"], attributes: ["axis": .integer(7)], name: "probabilities"
    )
    #expect(error(model(node)) == "model.onnx: node \"probabilities\" (Softmax): found axis 7 of 4 axes")
  }

  @Test func aValueThatNothingComputesIsAnError() {
    #expect(
      error(model(.init(type: "Relu", inputs: ["z"], outputs: ["y"])))
        == "model.onnx: this is no ONNX model, or a damaged one: node \"y\" reads \"z\", which no node before it computes"
    )
  }

  @Test func anOpenSizeIsAskedFor() {
    #expect(
      error(model(.init(type: "Relu", inputs: ["x"], outputs: ["y"]), sizes: [nil, 3, nil, nil]))
        == "model.onnx: input \"x\" has no fixed size; give one with --input-size HEIGHTxWIDTH")
  }

  @Test func severalOutputsAreListed() {
    var model = model(
      .init(type: "Relu", inputs: ["x"], outputs: ["a"]), .init(type: "Tanh", inputs: ["x"], outputs: ["b"]))
    model.outputs = ["a", "b"]
    #expect(
      error(model)
        == "model.onnx: the model has 2 outputs; name the one to explain with --output-layer: a, b")
    #expect(error(model, output: "b") == "loads")
  }

  @Test func aUniqueEndOfANameIsEnough() throws {
    let nodes = ["/layer1/relu/Relu", "/layer2/relu/Relu", "/layer2/last/Relu"].enumerated().map {
      index, name in
      TestModel.Node(
        type: "Relu", inputs: [index == 0 ? "x" : "v\(index)"], outputs: [index == 2 ? "y" : "v\(index + 1)"],
        name: name)
    }
    let graph = try TestModel(inputs: [("x", [1, 3, 8, 8])], nodes: nodes).loader().network(inputSize: nil)
      .graph
    #expect(graph[try graph.find("last/Relu")].name == "/layer2/last/Relu")
    #expect(graph[try graph.find("layer1/relu/Relu")].name == "/layer1/relu/Relu")
    let error = #expect(throws: GraphError.self) { try graph.find("relu/Relu") }
    #expect(
      error?.description
        == "2 layers end with \"relu/Relu\": \"/layer1/relu/Relu\", \"/layer2/relu/Relu\"; give more of the name"
    )
  }

  @Test func inspectListsWhatCannotBeLoaded() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).onnx")
    defer { try? FileManager.default.removeItem(at: file) }
    let model = model(
      .init(type: "Relu", inputs: ["x"], outputs: ["a"]), .init(type: "Unique", inputs: ["a"], outputs: ["y"])
    )
    try Data(model.bytes).write(to: file)
    let found = try ONNXModel.inspect(path: file.path)
    #expect(found.layers.map(\.type) == ["Relu", "Unique"])
    #expect(found.layers.map { $0.problem == nil } == [true, false])
    #expect(found.format == "ONNX, operator set 18")
    #expect(found.inputs == [.init(name: "x", shape: [8, 8, 3])])
    #expect(found.error != nil)
  }
}

/// Weights beside the model.
@Suite struct ExternalDataTests {
  private func load(_ entries: [String: String], files: [String: [Float]]) throws -> Model {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, values) in files {
      try values.withUnsafeBytes { try Data($0).write(to: folder.appendingPathComponent(name)) }
    }
    var model = TestModel(inputs: [("x", [nil, 2])])
    model.external = [("w", [2, 2], entries)]
    model.nodes = [.init(type: "MatMul", inputs: ["x", "w"], outputs: ["y"])]
    let path = folder.appendingPathComponent("model.onnx")
    try Data(model.bytes).write(to: path)
    return try ONNXModel.load(path: path.path)
  }

  @Test func dataBesideTheModelIsRead() throws {
    let model = try load(
      ["location": "w.bin", "offset": "4", "length": "16"], files: ["w.bin": [9, 1, 2, 3, 4]])
    #expect(try model.scores(Tensor(shape: [1, 2], scalars: [1, 10])).scalars == [31, 42])
  }

  @Test(arguments: ["../w.bin", "/etc/passwd", "a/../../w.bin", "", "a//b"])
  func aPathOutOfTheFolderIsRefused(_ location: String) {
    let error = #expect(throws: ONNXError.self) {
      try load(["location": location], files: ["w.bin": [1, 2, 3, 4]])
    }
    #expect(error?.description.contains("found external data") == true)
  }

  @Test(arguments: [
    ["offset": "-1"], ["offset": "100"], ["length": "99999"], ["length": "x"], ["offset": "8"],
  ])
  func placesOutsideTheFileAreRefused(_ entries: [String: String]) {
    #expect(throws: ONNXError.self) {
      try load(entries.merging(["location": "w.bin"]) { first, _ in first }, files: ["w.bin": [1, 2, 3, 4]])
    }
  }
}
