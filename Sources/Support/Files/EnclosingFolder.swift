internal import Foundation

extension String {
  /// The folder of a file, by its path as text: empty for a bare name, "/" for the root.
  ///
  /// Foundation's `deletingLastPathComponent` is not used for this, because it crashes on a name of one letter (seen with
  /// Swift 6.3 on Linux).
  public var enclosingFolder: String {
    let path = Substring(self).trimmingSlashes
    guard let slash = path.lastIndex(of: "/") else { return first == "/" ? "/" : "" }
    let folder = path[..<slash].trimmingSlashes
    return folder.isEmpty ? "/" : String(folder)
  }

  /// The path from the root, without `.` and `..`.
  package var absolutePath: String { URL(fileURLWithPath: self).standardizedFileURL.path }
}

extension Substring {
  /// Without the slashes at its end.
  fileprivate var trimmingSlashes: Substring {
    guard let end = lastIndex(where: { $0 != "/" }) else { return "" }
    return self[...end]
  }
}
