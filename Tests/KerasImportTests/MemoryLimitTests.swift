import Foundation
import KerasImport
import Testing

/// Weights for which there is no memory are an error with one line, not a crash.
@Suite struct MemoryLimitTests {
  /// The program that was built with the tests; nil if it was not.
  private static let program: String? = {
    guard let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return nil
    }
    let path = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("saliency").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  @Test(.enabled(if: program != nil, "skipped: no saliency beside the tests"))
  func weightsThatDoNotFitInMemoryAreAnError() throws {
    let archive = try ZipArchive(path: FixturesTests.folder + "saved.zip")
    let name = "fill_values_under_a_limit"
    let bytes = try #require(try archive.bytes(of: "\(name)/large.h5", limit: 1 << 20))
    let sentence = try #require(try archive.bytes(of: "\(name)/error.txt", limit: 1 << 10))
    let file = NSTemporaryDirectory() + "saliency-limit-\(UUID().uuidString).h5"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try Data(bytes).write(to: URL(fileURLWithPath: file))

    let image = URL(fileURLWithPath: #filePath)
      .appendingPathComponent("../../../Experiments/scenes/test/images/one-000.png").standardized.path

    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "ulimit -v 500000; exec \"$0\" predict \"$2\" --model \"$1\"", Self.program ?? "", file,
      image,
    ]
    process.standardError = output
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 1, "\(text)")
    #expect(text.hasPrefix("error: ") && text.filter { $0 == "\n" }.count == 1, "\(text)")
    #expect(text.contains(String(decoding: sentence, as: UTF8.self)), "\(text)")
  }
}
