internal import Foundation
internal import GRDB
internal import Support

/// Opens the file of a store, and explains errors of SQLite.
extension ResultStore {
  static func reader(of path: String) throws -> DatabaseQueue {
    // SQLite waits for the other end of a pipe.
    if case .special(let kind)? = RegularFile.problem(at: path) {
      throw StoreError.notAStore(path: path, reason: "it is \(kind)")
    }
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(60)
    return try DatabaseQueue(path: readableAddress(of: path), configuration: configuration)
  }

  /// The address with which SQLite reads a store: its path, or a URI with `immutable=1`.
  ///
  /// SQLite needs write access beside a store in write-ahead mode. A store without a log in a folder that cannot be written to
  /// is read as immutable.
  static func readableAddress(of path: String) -> String {
    let folder = path.enclosingFolder
    guard access(folder.isEmpty ? "." : folder, W_OK) != 0, FileStamp.size(of: path + "-wal") == 0 else {
      return path
    }
    let full = URL(fileURLWithPath: path).path
    let escaped = full.addingPercentEncoding(
      withAllowedCharacters: .alphanumerics.union(["/", "-", "_", "."]))
    return "file:\(escaped ?? full)?immutable=1"
  }

  /// How long to wait for another process that opens the same file, in seconds.
  private static let timeout = 60.0

  /// Opens the file and makes missing tables.
  ///
  /// Only one process can switch a new file to write-ahead logging. SQLite reports "locked" to a second one at once, without its
  /// busy timeout, so the wait is here.
  static func open(_ path: String, _ configuration: Configuration) throws -> DatabaseQueue {
    let deadline = Date().addingTimeInterval(timeout)
    while true {
      do {
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.write(makeTables)
        return database
      } catch let error as DatabaseError where isTemporary(error) && Date() < deadline {
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  static func isTemporary(_ error: DatabaseError) -> Bool {
    error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED
  }

  /// Explains an error of reading: a file that cannot be opened is reported as unreadable, not as read-only.
  static func explainReading(_ error: any Error, path: String) -> StoreError {
    let explained = explain(error, path: path)
    guard case .folderNotWritable(_, let reason) = explained else { return explained }
    return .failed(
      path: path, reason: "the store cannot be read (\(reason)); check its permissions, or copy the folder")
  }

  static func explain(_ error: any Error, path: String) -> StoreError {
    if let error = error as? StoreError { return error }
    if let damage = error as? StoreDamage { return .damaged(path: path, damage) }
    guard let error = error as? DatabaseError else { return .failed(path: path, reason: "\(error)") }
    let folder = path.enclosingFolder
    let words = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL: return .diskFull(path: folder)
    // Some writes of the log report a full disk as an error of the device.
    case .SQLITE_IOERR where (DiskSpace.free(at: folder) ?? .max) < 1 << 20: return .diskFull(path: folder)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      return .folderNotWritable(path: folder, reason: words)
    case .SQLITE_NOTADB: return .notAStore(path: path, reason: words)
    case .SQLITE_CORRUPT: return .unreadable(path: path, reason: words)
    default: return .failed(path: path, reason: words)
    }
  }
}
