internal import Foundation
internal import SaliencyCore
internal import Support

/// How much room there is for results.
enum DiskSpace {
  /// Less than this, and a run is not begun: a store and its log want some room to be safe.
  static let least = 64 << 20

  /// Bytes that this user may still write at a path; nil if that cannot be said.
  static func free(at path: String) -> Int? {
    var found = statvfs()
    guard statvfs(path.isEmpty ? "." : path, &found) == 0 else { return nil }
    return Int(found.f_bavail) * Int(found.f_frsize)
  }

  /// Makes a folder and tries whether it can be written.
  ///
  /// - Throws: `StoreError.folderNotWritable`, `.littleSpace`.
  static func prepare(_ folder: String) throws(StoreError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .folderNotWritable(path: folder, reason: reason(for: folder))
    }
    let probe = TemporaryName.path(beside: folder + "/probe")
    let file = open(probe, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .folderNotWritable(path: folder, reason: String(cString: strerror(errno))) }
    close(file)
    unlink(probe)
    if let free = free(at: folder), free < least {
      throw .littleSpace(path: folder, freeMegabytes: free >> 20, wantedMegabytes: least >> 20)
    }
  }

  /// Why a folder could not be made.
  private static func reason(for folder: String) -> String {
    var part = folder
    while !part.isEmpty, part != "/", !FileManager.default.fileExists(atPath: part) {
      part = part.enclosingFolder
    }
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: part, isDirectory: &isDirectory), !isDirectory.boolValue {
      return "\(part) is a file"
    }
    return "\(part.isEmpty ? "." : part) cannot be written to"
  }
}
