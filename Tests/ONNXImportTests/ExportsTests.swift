import Foundation
import SaliencyCore
import Testing

@testable import ONNXImport

/// Small networks that PyTorch has exported give PyTorch's numbers (Tests/Golden/make_onnx.py).
@Suite struct ExportsTests {
  struct Reference: Decodable {
    var input, logits, gradient: [Float]
  }

  static let names = ["convolutions", "shuffle", "tokens", "windows"]

  static func path(_ name: String, _ kind: String) throws -> String {
    try #require(Bundle.module.url(forResource: name, withExtension: kind, subdirectory: "Fixtures")).path
  }

  static func reference(_ name: String) throws -> Reference {
    try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: URL(fileURLWithPath: try path(name, "json"))))
  }

  /// PyTorch's image with its channels last.
  static func image(_ numbers: [Float], _ shape: Shape) -> Tensor {
    Permute.transpose(
      Tensor(shape: [1, shape[2], shape[0], shape[1]], scalars: numbers), order: [0, 2, 3, 1])
  }

  static func distance(_ a: [Float], _ b: [Float]) -> Double {
    guard a.count == b.count else { return .infinity }
    let difference = zip(a, b).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
    return (difference / b.reduce(0.0) { $0 + Double($1) * Double($1) }).squareRoot()
  }

  @Test(arguments: names, ["legacy", "dynamo"])
  func logitsAndGradientArePyTorchs(_ name: String, _ exporter: String) throws {
    let model = try ONNXModel.load(path: try Self.path("\(name)_\(exporter)", "onnx"))
    let reference = try Self.reference(name)
    let input = Self.image(reference.input, model.inputShape)
    let tape = try model.record(input, upTo: [model.score])
    let score = tape[model.score]
    #expect(Self.distance(score.scalars, reference.logits) < 1e-5)
    var seed = Tensor(repeating: 0, shape: score.shape)
    let target = try #require(reference.logits.indices.max { reference.logits[$0] < reference.logits[$1] })
    seed.withUnsafeMutableScalars { $0[target] = 1 }
    let gradient = try #require(try tape.pullback([model.score: seed], to: [model.input])[model.input])
    let wanted = Self.image(reference.gradient, model.inputShape)
    #expect(Self.distance(gradient.scalars, wanted.scalars) < 1e-4)
  }

  @Test(arguments: names)
  func aBatchIsItsSingles(_ name: String) throws {
    let model = try ONNXModel.load(path: try Self.path("\(name)_dynamo", "onnx"))
    let batch = CounterRandom(seed: 3).normal(shape: model.inputShape.batched(3))
    let together = try model.scores(batch)
    for index in 0..<3 { #expect(try model.scores(batch.sample(index)) == together.sample(index)) }
  }

  @Test func aFinalSoftmaxIsLookedThrough() throws {
    #expect(try ONNXModel.load(path: Self.path("shuffle_legacy", "onnx")).outputKind == .softmax)
    #expect(try ONNXModel.load(path: Self.path("tokens_legacy", "onnx")).outputKind == .bare)
  }

  @Test func aGELUInPiecesIsOneLayer() throws {
    let kinds = try ONNXModel.load(path: Self.path("tokens_legacy", "onnx")).graph.nodes.compactMap(
      \.layer?.kind)
    #expect(kinds.filter { $0 == "gelu" }.count == 1)
    #expect(!kinds.contains("Erf"))
  }

  @Test func learnedConstantsAreParameters() throws {
    let model = try ONNXModel.load(path: Self.path("tokens_legacy", "onnx"))
    // The class token, and 10 positions of 8 channels.
    let constants = model.graph.nodes.compactMap(\.layer).filter { $0 is ConcatenateConstant || $0 is Bias }
    #expect(constants.compactMap { ($0 as? any ParametricLayer)?.parameterCount } == [8, 80])
  }
}
