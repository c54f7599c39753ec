internal import Foundation
internal import Synchronization

/// Names of files and folders that exist only while they are written: `.table.csv.PLACE-PID-START-N.partial`.
///
/// The name says which process writes it, so that what a killed process left can be told from what a living one writes.
package enum TemporaryName {
  private static let suffix = "partial"

  /// The path of a new temporary file in the folder of another.
  ///
  /// The first name in a folder also removes what killed processes left there.
  package static func path(beside path: String) -> String {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/." : String(path[..<$0]) } ?? "."
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    if visited.withLock({ $0.insert(folder).inserted }) { removeAbandoned(in: folder) }
    let owner = ProcessIdentity.current
    let mark = "\(tag(of: owner.place))-\(owner.pid)-\(owner.started)-\(nextNumber())"
    return "\(folder == "/" ? "" : folder)/.\(name).\(mark).\(suffix)"
  }

  /// A different number for each file of this process, so that two writers of one path never share one.
  private static func nextNumber() -> Int {
    written.withLock {
      $0 += 1
      return $0
    }
  }

  private static let written = Mutex(0)
  private static let visited = Mutex<Set<String>>([])

  /// Removes the temporary files and folders that killed processes left in a folder.
  ///
  /// Those of other machines, and of this one before it was started again, are removed a day after they last changed: whether
  /// their process lives cannot be seen.
  static func removeAbandoned(in folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(name)"
      if isAbandoned(path, name) { try? FileManager.default.removeItem(atPath: path) }
    }
  }

  private static func isAbandoned(_ path: String, _ name: String) -> Bool {
    let parts = name.split(separator: ".")
    guard name.hasPrefix("."), parts.count >= 2, parts[parts.count - 1] == suffix else { return false }
    let mark = parts[parts.count - 2].split(separator: "-", omittingEmptySubsequences: false)
    guard mark.count == 4, mark[0].count == 16, let pid = Int(mark[1]), Int(mark[2]) != nil,
      Int(mark[3]) != nil
    else {
      return false
    }
    let place = ProcessIdentity.current.place
    if mark[0] == tag(of: place) {
      return ProcessIdentity(place: place, pid: pid, started: String(mark[2])).isAlive == false
    }
    var found = stat()
    return lstat(path, &found) == 0 && time(nil) - found.st_mtim.tv_sec > 86_400
  }

  /// The hash of a place in 16 hexadecimal digits.
  private static func tag(of place: String) -> String {
    let digits = String(FNV1a(place).value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
