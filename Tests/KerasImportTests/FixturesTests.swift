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
    let archive = try ZipArchive(path: path)
    func array(_ name: String) throws -> Tensor {
      try #require(try numpyArray("\(test.name)/\(name)", in: path))
    }
    let bytes = try #require(try archive.bytes(of: "\(test.name)/\(test.file)", limit: 1 << 26))
    let file = NSTemporaryDirectory() + "saliency-fixture-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try Data(bytes).write(to: URL(fileURLWithPath: file))

    let model = try KerasModel.load(path: file)
    let input = try array("input")
    let output = try array("output")
    let isChannelsFirst = test.name.hasPrefix("channels_first") && input.shape[1] == 3
    let mine = isChannelsFirst ? Permute([1, 2, 0])([input]) : input
    let tape = try model.record(mine, upTo: [model.output])
    try #require(tape[model.output].shape == output.shape)
    #expect(relativeError(tape[model.output], output) < 2e-6)
    let found = try #require(
      tape.pullback([model.output: try array("seed")], to: [model.input])[model.input])
    let gradient = try array("gradient")
    #expect(relativeError(isChannelsFirst ? Permute([2, 0, 1])([found]) : found, gradient) < 2e-5)
  }
}
