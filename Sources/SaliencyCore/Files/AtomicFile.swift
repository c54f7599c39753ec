public import Foundation
internal import Synchronization

/// Writes files so that a reader, or a crash, never sees half of one.
public enum AtomicFile {
  /// Runs `body` with the path of a new file beside `path`, then renames it into place.
  ///
  /// Where `body` throws, or the rename fails, the new file is removed and whatever stood at `path` is untouched.
  /// - Throws: What `body` throws, or `FileWriteError` where the folder is missing or cannot be written.
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
    let name = (path as NSString).lastPathComponent
    let temporary = (directory as NSString)
      .appendingPathComponent(".\(name).\(getpid())-\(nextNumber()).partial")
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

  /// A number of its own for each file that this process writes, so that two writers of one path never share one.
  private static func nextNumber() -> Int {
    written.withLock {
      $0 += 1
      return $0
    }
  }

  private static let written = Mutex(0)

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
  public let path: String
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "cannot write \(path): \(reason)" }
}
