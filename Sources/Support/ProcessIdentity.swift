internal import Foundation

/// The identity of a process, different for every process that ever ran.
package struct ProcessIdentity: Sendable, Hashable {
  /// The machine, its boot, and the process's view of process numbers.
  package var place: String
  package var pid: Int
  /// When it started, in ticks since boot.
  package var started: String

  package init(place: String, pid: Int, started: String) {
    self.place = place
    self.pid = pid
    self.started = started
  }

  package static let current = ProcessIdentity(
    place: placeOfThisProcess, pid: Int(getpid()), started: startTime(of: Int(getpid())) ?? "")

  /// Whether the process still runs; nil if that cannot be seen from here.
  package var isAlive: Bool? {
    guard place == Self.placeOfThisProcess else { return nil }
    return Self.startTime(of: pid) == started
  }

  private static let placeOfThisProcess: String = {
    let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    let space = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
    return [ProcessInfo.processInfo.hostName, boot.trimmingCharacters(in: .whitespacesAndNewlines), space]
      .joined(separator: " ")
  }()

  /// Field 22 of `/proc/PID/stat`; nil if there is no such process, or it is dead and not yet collected.
  private static func startTime(of pid: Int) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = stat.lastIndex(of: ")")
    else { return nil }
    // The command's name, in brackets, may hold spaces.
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return String(fields[19])
  }
}
