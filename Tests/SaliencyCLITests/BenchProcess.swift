import Foundation
import SaliencyCore

@testable import Support

/// `saliency bench` as a process of its own, that can be killed.
struct BenchProcess {
  /// The program that was built with the tests; nil where it was not.
  static let program: String? = {
    guard let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return nil
    }
    let path = tests.enclosingFolder + "/saliency"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  let process = Process()
  private let output: String

  /// Starts a run.
  init(_ arguments: [String], in bench: Workbench, environment: [String: String] = [:]) throws {
    output = bench["output-\(UUID().uuidString)"]
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    process.executableURL = URL(fileURLWithPath: Self.program ?? "")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: output)
    try process.run()
  }

  /// Waits for the end.
  ///
  /// - Returns: How it ended, and what it wrote to both streams.
  func finish() -> (status: Int32, text: String) {
    process.waitUntilExit()
    let text = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
    return (process.terminationStatus, text)
  }
}
