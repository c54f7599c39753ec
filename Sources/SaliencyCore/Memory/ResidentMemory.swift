internal import Foundation
internal import Synchronization

/// What this process holds in memory, as the system counts it.
package enum ResidentMemory {
  /// Bytes now.
  package static var now: Int { field(of: "/proc/self/statm", at: 1).map { $0 * Int(getpagesize()) } ?? 0 }

  /// The most it ever held, or since `resetPeak`, in bytes; nil if the system does not say.
  package static var peak: Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
    else { return nil }
    return kilobytes << 10
  }

  /// The most it ever held, in bytes, whatever was reset; nil if the system does not say.
  package static var highest: Int? { peak.map { max($0, forgotten.load(ordering: .relaxed)) } }

  /// Resets the peak to the memory in use now.
  ///
  /// - Returns: Whether the system allows it.
  package static func resetPeak() -> Bool {
    forgotten.max(peak ?? 0, ordering: .relaxed)
    guard let file = fopen("/proc/self/clear_refs", "w") else { return false }
    defer { fclose(file) }
    return fputs("5", file) >= 0 && fflush(file) == 0
  }

  /// The highest peak before a reset.
  private static let forgotten = Atomic<Int>(0)

  private static func field(of path: String, at index: Int) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let fields = text.split(separator: " ")
    return index < fields.count ? Int(fields[index]) : nil
  }
}
