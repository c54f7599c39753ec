import Foundation
import KerasImport
import Testing

/// Weights for which there is no memory are an error with one line, not a crash.
@Suite struct MemoryLimitTests {
  @Test(.enabled(if: BuiltProgram("saliency") != nil, "skipped: no saliency beside the tests"))
  func weightsThatDoNotFitInMemoryAreAnError() throws {
    let archive = try ZipArchive(path: FixturesTests.folder + "saved.zip")
    let name = "fill_values_under_a_limit"
    let bytes = try #require(try archive.bytes(of: "\(name)/large.h5", limit: 1 << 20))
    let sentence = try #require(try archive.bytes(of: "\(name)/error.txt", limit: 1 << 10))
    let file = NSTemporaryDirectory() + "saliency-limit-\(UUID().uuidString).h5"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    let image = URL(fileURLWithPath: #filePath)
      .appendingPathComponent("../../../Data/scenes/test/images/one-000.png").standardized.path

    let program = try #require(BuiltProgram("saliency"))
    let run = try program.run(["predict", image, "--model", file], limits: "ulimit -v 500000")
    #expect(run.status == 1, "\(run.errors)")
    #expect(
      run.errors.hasPrefix("error: ") && run.errors.count { $0 == "\n" } == 1, "\(run.errors)")
    #expect(run.errors.contains(String(decoding: sentence, as: UTF8.self)), "\(run.errors)")
  }
}
