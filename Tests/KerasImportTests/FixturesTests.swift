import Foundation
import KerasImport
import SaliencyCore
import Testing

/// Every layer and option of Fixtures/make_fixtures.py and make_recent_layers.py against what Keras computed.
@Suite struct FixturesTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/"

  struct Case: Sendable, CustomTestStringConvertible {
    var archive: String
    var name: String
    var file: String
    var testDescription: String { "\(archive) \(name) \(file)" }
  }

  static let cases: [Case] = ["keras3", "keras2", "recent3", "recent2"].flatMap { archive -> [Case] in
    guard let zip = try? ZipArchive(path: folder + archive + ".zip") else { return [] }
    return zip.names.filter { $0.contains("/model.") }.map { entry in
      let parts = entry.split(separator: "/").map(String.init)
      return Case(archive: archive, name: parts[0], file: parts[1])
    }
  }

  @Test func thereAreFixtures() { #expect(Self.cases.count > 150) }

  @Test(arguments: cases) func agreesWithKeras(_ test: Case) throws {
    let path = Self.folder + test.archive + ".zip"
    func array(_ name: String) throws -> Tensor {
      try #require(try numpyArray("\(test.name)/\(name)", in: path))
    }
    let model = try Self.model(test)
    let input = try array("input")
    let output = try array("output")
    let isChannelsFirst = test.name.hasPrefix("channels_first") && input.shape[1] == 3
    let mine = isChannelsFirst ? Permute([1, 2, 0])([input]) : input
    let tape = try model.record(mine, upTo: [model.output])
    try #require(tape[model.output].shape == output.shape)
    #expect(relativeError(tape[model.output], output) < 2e-6)
    let found = try #require(
      try tape.pullback([model.output: try array("seed")], to: [model.input])[model.input])
    let gradient = try array("gradient")
    #expect(relativeError(isChannelsFirst ? Permute([2, 0, 1])([found]) : found, gradient) < 2e-5)
  }

  /// A layer that is used several times is one layer of the graph; the two kernels of a separable convolution are two.
  @Test(arguments: cases.filter { ["shared_layer", "shared_model", "separable"].contains($0.name) })
  func nodesShareLayersAsTheFileDoes(_ test: Case) throws {
    let nodes = try Self.model(test).graph.nodes.filter { $0.layer is any ParametricLayer }
    let names = nodes.filter(\.isFirstUse).map(\.layerName)
    #expect(Set(names).count == names.count && Set(nodes.map(\.layerID)).count == names.count)
    if test.name == "separable" {
      #expect(nodes.count == 2 && names[0] == names[1] + ".depthwise")
    } else {
      #expect(nodes.count > names.count, "used once")
      for node in nodes {
        #expect(nodes.contains { $0.id == node.layerID.firstNode && $0.layerName == node.layerName })
      }
    }
  }

  private static func model(_ test: Case) throws -> Model {
    let archive = try ZipArchive(path: folder + test.archive + ".zip")
    let bytes = try #require(try archive.bytes(of: "\(test.name)/\(test.file)", limit: 1 << 26))
    let file = NSTemporaryDirectory() + "saliency-fixture-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return try KerasModel.load(path: file)
  }
}
