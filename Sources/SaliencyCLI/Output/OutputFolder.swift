internal import Foundation
internal import SaliencyCore

/// A folder to write results to.
enum OutputFolder {
  /// Makes the folder, and those above it, where they are missing.
  ///
  /// - Throws: `FileWriteError` where it cannot be made.
  static func make(_ path: String) throws(FileWriteError) {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
      guard isDirectory.boolValue else {
        throw FileWriteError(path: path, reason: "found a file, wanted a folder to write to")
      }
      return
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileWriteError(path: path, reason: "the folder cannot be made: \(error.localizedDescription)")
    }
  }
}
