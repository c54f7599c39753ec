import Foundation
import KerasImport
import SaliencyCore
import Testing

/// Files as they are found in the wild, which Fixtures/make_saved_files.py makes: number types, containers, storage,
/// Keras 1, structures; against what Keras computed, or with the error that they should give.
@Suite struct SavedFilesTests {
  private static let archive = FixturesTests.folder + "saved.zip"

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var file: String
    var testDescription: String { name }
  }

  static let cases: [Case] = {
    guard let zip = try? ZipArchive(path: archive) else { return [] }
    return zip.names.filter { $0.contains("/model.") }.map { entry in
      let parts = entry.split(separator: "/").map(String.init)
      return Case(name: parts[0], file: parts[1])
    }
  }()

  @Test func thereAreFiles() { #expect(Self.cases.count > 150) }

  @Test(arguments: cases) func loadsOrSaysWhyNot(_ test: Case) throws {
    let archive = try ZipArchive(path: Self.archive)
    let folder = NSTemporaryDirectory() + "saliency-saved-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/" + test.file
    let bytes = try #require(try archive.bytes(of: "\(test.name)/\(test.file)", limit: 1 << 26))
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let architecture = try archive.bytes(of: "\(test.name)/architecture.json", limit: 1 << 26)
      .map { Architecture.text($0, name: "architecture.json") }

    guard let wanted = try archive.bytes(of: "\(test.name)/error.txt", limit: 1 << 16) else {
      return try agreesWithKeras(path, architecture, test)
    }
    do {
      _ = try KerasModel.load(path: path, architecture: architecture)
      Issue.record("it loads; wanted an error with \"\(String(decoding: wanted, as: UTF8.self))\"")
    } catch {
      #expect("\(error)".hasPrefix(path))
      #expect("\(error)".contains(String(decoding: wanted, as: UTF8.self)))
    }
  }

  private func agreesWithKeras(_ path: String, _ architecture: Architecture?, _ test: Case) throws {
    func array(_ name: String) throws -> Tensor {
      try #require(try numpyArray("\(test.name)/\(name)", in: Self.archive))
    }
    let input = try array("input")
    let size = input.shape.rank == 4 ? (input.shape[1], input.shape[2]) : nil
    let other = try numpyArray("\(test.name)/other", in: Self.archive)
    // Of two inputs and two outputs the second input is held fixed, and the second output is explained.
    let model =
      try other.map { value in
        try KerasModel.load(path: path, output: "second").fixing("other", at: value)
      } ?? KerasModel.load(path: path, architecture: architecture, inputSize: size)
    let tape = try model.record(input, upTo: [model.output])
    let output = try array("output")
    try #require(tape[model.output].shape == output.shape)
    #expect(relativeError(tape[model.output], output) < 2e-6)
    let found = try #require(
      try tape.pullback([model.output: try array("seed")], to: [model.input])[model.input])
    #expect(relativeError(found, try array("gradient")) < 2e-5)
    let inspection = try KerasModel.inspect(path: path, architecture: architecture)
    #expect(inspection.error == nil && inspection.problems.isEmpty && inspection.leftOver.isEmpty)
    #expect(inspection.layers.filter { !$0.weights.isEmpty }.count > 0)
  }
}
