internal import Foundation

/// A folder to write results to.
package enum OutputFolder {
  /// Makes the folder, and those above it, if they are missing.
  ///
  /// - Throws: ``FileWriteError`` if it cannot be made.
  package static func make(_ path: String) throws(FileWriteError) {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
      guard isDirectory.boolValue else {
        throw FileWriteError(path: path, reason: "found a file, wanted a folder to write to")
      }
      return
    }
    let above = path.enclosingFolder
    if !above.isEmpty, above != path { try make(above) }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw FileWriteError(
        path: path, reason: "the folder cannot be made: \(String(cString: strerror(errno)))")
    }
  }
}
