internal import Foundation
internal import SaliencyCore

/// The most memory this process had in use (resident set) since a moment.
struct PeakMemory {
  /// Whether the count could be started anew; if not, it has been counted since the process began.
  let isOwn: Bool

  /// Hands back what is kept idle, and counts from what is in use now.
  init() {
    Execution.releaseIdleMemory()
    // 5 sets the peak to the present value: proc_pid_clear_refs(5).
    isOwn = (try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))) != nil
  }

  /// In bytes; nil where the system does not tell.
  var bytes: Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }
}
