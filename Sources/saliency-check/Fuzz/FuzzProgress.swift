import Foundation
import Synchronization

/// A line on standard error that says how far a run is; none if standard error is no terminal.
final class FuzzProgress: Sendable {
  private let total: Int
  private let isShown = isatty(STDERR_FILENO) != 0
  private let lastShown = Mutex(ContinuousClock.now - .seconds(1))

  init(total: Int) { self.total = total }

  /// Writes the line, at most five times a second.
  func show(_ report: FuzzReport, category: String) {
    guard isShown else { return }
    let isDue = lastShown.withLock { last in
      guard ContinuousClock.now - last >= .milliseconds(200) else { return false }
      last = .now
      return true
    }
    if isDue { write(Self.line(report, category: category, total: total)) }
  }

  /// Removes the line, so that other output can be printed.
  func clear() {
    if isShown { write("") }
  }

  static func line(_ report: FuzzReport, category: String, total: Int) -> String {
    "\(report.mutants) of \(total) mutants, \(report.findings) findings; \(category)"
  }

  /// Carriage return, erase the line, text.
  private func write(_ text: String) { FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8)) }
}
