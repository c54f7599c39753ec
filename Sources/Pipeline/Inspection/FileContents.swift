internal import KerasImport
package import ModelLibrary
internal import ONNXImport
internal import Support

/// The layers and weight shapes of a model file, also of one that cannot be loaded.
package struct FileContents: Encodable {
  package struct Layer: Encodable {
    let name: String
    let type: String
    let weights: [[Int]]
    let problem: String?
  }

  let file: String
  let format: String
  let kerasVersion: String?
  let producer: String?
  let inputs: [String: [Int?]]
  let layers: [Layer]
  let leftOver: [String]
  let problems: [String]

  package init(_ contents: ModelContents, file: String) {
    switch contents {
    case .keras(let found): self.init(found, file: file)
    case .onnx(let found): self.init(found, file: file)
    }
  }

  private init(_ found: ONNXInspection, file: String) {
    self.file = file
    format = found.format
    kerasVersion = nil
    producer = found.producer.isEmpty ? nil : found.producer
    inputs = Dictionary(found.inputs.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    layers = found.layers.map {
      Layer(name: $0.name, type: $0.type, weights: $0.weights, problem: $0.problem)
    }
    leftOver = []
    problems = found.problems
  }

  private init(_ found: KerasInspection, file: String) {
    self.file = file
    format = found.format
    kerasVersion = found.kerasVersion
    producer = nil
    inputs = Dictionary(found.inputs.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    layers = found.layers.map {
      Layer(name: $0.path, type: $0.type, weights: $0.weights, problem: $0.problem)
    }
    leftOver = found.leftOver
    problems = found.problems
  }

  /// The contents as tables.
  package var text: String {
    var facts = TextTable(.init(""), .init(""))
    facts.add("file", file)
    facts.add(
      "format", format + ((kerasVersion.map { "Keras \($0)" } ?? producer).map { ", written by \($0)" } ?? "")
    )
    for (name, shape) in inputs.sorted(by: { $0.key < $1.key }) {
      facts.add(
        "input \(name)", "(" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + ")")
    }
    if !leftOver.isEmpty { facts.add("weights that no layer takes", leftOver.joined(separator: ", ")) }
    var table = TextTable(
      .init("layer"), .init("type"), .init("parameters", .right), .init("cannot be loaded because"))
    for layer in layers {
      let count = layer.weights.reduce(0) { $0 + $1.reduce(1, *) }
      table.add(layer.name, layer.type, count == 0 ? "" : NumberText.grouped(count), layer.problem ?? "")
    }
    return facts.text + "\n\n" + table.text
  }
}
