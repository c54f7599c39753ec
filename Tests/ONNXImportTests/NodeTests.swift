import Foundation
import Testing

@testable import ONNXImport

/// ONNX's own tests: every one passes, or is listed with a reason (Fixtures/skipped-node-tests.txt).
///
/// They are the Debian package libonnx-testdata. The environment variable names its folder `data` if it is not where Debian
/// installs it.
@Suite struct NodeTests {
  static let variable = "SALIENCY_ONNX_TESTS"
  static let folder: String = {
    if let folder = ProcessInfo.processInfo.environment[variable] { return folder }
    let installed = "/usr/share/libonnx-testdata/data"
    return FileManager.default.fileExists(atPath: installed) ? installed : ""
  }()

  /// The names of tests that are not expected to pass, with the reasons.
  static func skipped() throws -> [String: String] {
    let path = try ExportsTests.path("skipped-node-tests", "txt")
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").filter {
      !$0.hasPrefix("#")
    }
    let pairs = lines.compactMap { line -> (String, String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  @Test(
    .enabled(
      if: !folder.isEmpty, "libonnx-testdata is not installed, and \(variable) does not name its folder data"),
    arguments: ["node", "pytorch-converted", "pytorch-operator", "simple"])
  func everyTestPassesOrIsListed(_ kind: String) throws {
    let skipped = try Self.skipped()
    var passed = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)/\(kind)").sorted() {
      do {
        _ = try NodeTestCase(folder: "\(Self.folder)/\(kind)/\(name)").run()
        passed += 1
        #expect(skipped[name] == nil, "\(name) passes; take it off the list")
      } catch {
        #expect(skipped[name] != nil, "\(name): \(error)")
      }
    }
    print("\(kind): \(passed) passed")
    #expect(passed > 0)
  }

  @Test func everySkippedTestHasAReason() throws {
    let skipped = try Self.skipped()
    #expect(skipped.count > 100)
    #expect(skipped.values.allSatisfy { !$0.isEmpty })
  }
}
