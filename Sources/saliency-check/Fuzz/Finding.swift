/// Something a command must not do, whatever it reads.
struct Finding {
  let category: String
  let number: Int
  let change: String
  /// What the command did.
  let problem: String
  /// The command that does it again.
  let command: String
  let verb: String

  /// Findings of one group have probably one cause.
  var group: String { "\(category), \(verb): \(problem)" }
}

extension CommandEnd {
  /// What is wrong with this end, or nil: a command ends with 0, with 1 for bad data or with 64 for bad usage, soon, and
  /// says why in one line.
  var problem: String? {
    switch status {
    case .signal(let signal): return "signal \(signal)\(Self.names[signal].map { " (\($0))" } ?? "")"
    case .stuck: return "it hangs"
    case .tooSlow: return "it takes too much time"
    case .exited(let code) where ![0, 1, 64].contains(code): return "exit code \(code)"
    case .exited(let code): return problemOfErrors(exitCode: code)
    }
  }

  private static let names: [Int32: String] = [
    4: "illegal instruction", 5: "trap", 6: "abort", 7: "bus error", 8: "arithmetic", 9: "killed",
    11: "segmentation fault",
  ]

  /// Texts that only a dump of an error's or a program's insides holds.
  private static let dumps = [
    "Error Domain=", "UserInfo", "NSCocoaErrorDomain", "NSPOSIXErrorDomain", "Fatal error",
    "Swift runtime failure",
    "*** Program crashed", "Backtrace", "Thread 0 crashed", "DecodingError.", "CodingKeys(",
    "debugDescription:", "Optional(",
    "(extension in ", "terminate called", "SQLite error 1:", "Error(file:", "__C.",
  ]

  private func problemOfErrors(exitCode: Int32) -> String? {
    if let dump = Self.dumps.first(where: errors.contains) { return "its error is a dump: \(dump)" }
    guard exitCode != 0 else { return nil }
    var lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard let last = lines.last else { return "exit code \(exitCode) without an error" }
    // Notes may come before the error, each a line of its own.
    guard last.hasPrefix("error: ") else { return "its error is not one line" }
    guard !lines.contains(where: \.isEmpty) else { return "its error has empty lines" }
    guard last.count > "error: ".count, last.utf8.count < 6000 else {
      return "its error has no length for a line"
    }
    let hasControls = last.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
    return hasControls ? "its error holds control characters" : nil
  }
}
