import Foundation

/// A program that was built with the tests, run as a process of its own.
struct BuiltProgram {
  let path: String

  /// nil if it was not built.
  init?(_ name: String) {
    guard let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return nil
    }
    path = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name).path
    guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
  }

  /// Runs it to its end.
  ///
  /// - Parameter limits: What the shell sets before, such as `ulimit -v 500000`.
  /// - Returns: The exit code, or nil if a signal ended it, and what it wrote to standard error.
  func run(_ arguments: [String], limits: String = ":") throws -> (status: Int32?, errors: String) {
    let (process, errors) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", limits + "; exec \"$0\" \"$@\"", path] + arguments
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationReason == .exit ? process.terminationStatus : nil, text)
  }
}
