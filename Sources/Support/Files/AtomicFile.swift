public import Foundation

/// Writes files atomically: a reader, or a crash, never sees a part of one.
public enum AtomicFile {
  /// Runs `body` with the path of a new file beside `path`, then renames it into place.
  ///
  /// If `body` throws, or the rename fails, the new file is removed and the file at `path` is untouched. What a killed
  /// process left in the folder is removed too.
  /// - Throws: What `body` throws, or `FileWriteError` if the folder is missing or cannot be written.
  public static func write(to path: String, _ body: (_ temporaryPath: String) throws -> Void) throws {
    let folder = path.enclosingFolder
    let directory = folder.isEmpty ? "." : folder
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else {
      throw FileWriteError(path: path, reason: "the folder \(directory) does not exist; create it first")
    }
    guard isDirectory.boolValue else {
      throw FileWriteError(path: path, reason: "\(directory) is a file, wanted a folder")
    }
    let temporary = TemporaryName.path(beside: path)
    do {
      try body(temporary)
      guard rename(temporary, path) == 0 else {
        throw FileWriteError(path: path, reason: String(cString: strerror(errno)))
      }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Writes bytes.
  public static func write(_ data: Data, to path: String) throws {
    try write(to: path) { temporary in
      do {
        try data.write(to: URL(fileURLWithPath: temporary))
      } catch {
        throw FileWriteError(path: path, reason: error.localizedDescription)
      }
    }
  }

  /// Writes text as UTF-8.
  public static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }
}

/// A file could not be written.
public struct FileWriteError: Error, Equatable, CustomStringConvertible {
  /// The path that was to be written.
  public let path: String
  /// Why it was not.
  public let reason: String

  /// An error for a path.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "cannot write \(path): \(reason)" }
}
