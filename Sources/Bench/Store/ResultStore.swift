internal import Foundation
internal import GRDB
internal import SaliencyCore

/// The results of a run, in one SQLite file.
///
/// A result is kept under a digest of everything that decides it: the code, the weights, the pixels, what is annotated, the
/// class, the method and the metric with all their parameters. What is there need not be computed again, by whichever
/// process, and whatever else the experiment has come to ask. Each unit of work is written in one transaction as it
/// ends; a process that is killed loses what it had not finished.
///
/// Several processes on one machine may share a store (write-ahead log). Over a network file system they must not.
final class ResultStore: Sendable {
  let path: String
  let database: DatabaseQueue
  let owner: ProcessIdentity

  /// The version of the tables; a store of a later one is refused.
  static let format = 1

  /// Opens the store of a folder, or begins one.
  ///
  /// - Throws: `StoreError` where the folder cannot be written or the file is something else.
  init(path: String, owner: ProcessIdentity = .current) throws(StoreError) {
    self.path = path
    self.owner = owner
    do {
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(60)
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
      database = try Self.open(path, configuration)
    } catch {
      throw Self.explain(error, path: path)
    }
    let found = try read { try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = 'format'") }
    guard found == "\(Self.format)" else {
      throw .notAStore(
        path: path, reason: "its format is \(found ?? "unknown"), this version writes \(Self.format)")
    }
  }

  /// How long to wait for another process that is opening the same file, in seconds.
  private static let patience = 60.0

  /// Opens the file and makes the tables that are not there.
  ///
  /// Turning a new file to write-ahead logging needs it whole, and SQLite answers a second process that asks for the same at
  /// that moment with "locked" without letting it wait as it would for a transaction. So we wait here.
  private static func open(_ path: String, _ configuration: Configuration) throws -> DatabaseQueue {
    let deadline = Date().addingTimeInterval(patience)
    while true {
      do {
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.write(makeTables)
        return database
      } catch let error as DatabaseError where isPassing(error) && Date() < deadline {
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  private static func isPassing(_ error: DatabaseError) -> Bool {
    error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED
  }

  private static func makeTables(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        INSERT OR IGNORE INTO meta VALUES ('format', '\(format)');
        CREATE TABLE IF NOT EXISTS questions (
          model INTEGER NOT NULL, image INTEGER NOT NULL, target TEXT NOT NULL, stamp TEXT NOT NULL,
          outcome INTEGER NOT NULL, reason TEXT, class INTEGER, class_name TEXT, probability REAL,
          pixels BLOB, annotations BLOB, PRIMARY KEY (model, image, target)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS units (
          id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, outcome INTEGER NOT NULL, reason TEXT,
          forward INTEGER NOT NULL, backward INTEGER NOT NULL, matched INTEGER, defect TEXT);
        CREATE TABLE IF NOT EXISTS metrics (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, text TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS scores (
          unit INTEGER NOT NULL, metric INTEGER NOT NULL, part INTEGER NOT NULL, outcome INTEGER NOT NULL,
          value REAL, reason TEXT, PRIMARY KEY (unit, metric, part)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS axes (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, text TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS curves (
          unit INTEGER NOT NULL, metric INTEGER NOT NULL, part INTEGER NOT NULL, axis INTEGER NOT NULL,
          y BLOB NOT NULL, PRIMARY KEY (unit, metric, part)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS maps (unit INTEGER PRIMARY KEY, shape TEXT NOT NULL, floats BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS pictures (
          model INTEGER NOT NULL, image INTEGER NOT NULL, png BLOB NOT NULL, PRIMARY KEY (model, image));
        CREATE TABLE IF NOT EXISTS annotations (
          model INTEGER NOT NULL, image INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (model, image));
        CREATE TABLE IF NOT EXISTS costs (
          key BLOB PRIMARY KEY, seconds REAL NOT NULL, peak INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS claims (
          key TEXT PRIMARY KEY, place TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,
          expires REAL NOT NULL) WITHOUT ROWID;
        """)
  }

  func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do { return try database.read(body) } catch { throw Self.explain(error, path: path) }
  }

  /// Writes in one transaction, which other processes wait for.
  func write<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do { return try database.write(body) } catch { throw Self.explain(error, path: path) }
  }

  static func explain(_ error: any Error, path: String) -> StoreError {
    if let error = error as? StoreError { return error }
    guard let error = error as? DatabaseError else { return .failed(path: path, reason: "\(error)") }
    let folder = path.enclosingFolder
    let words = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL: return .diskFull(path: folder)
    // Some writes of the log report a full disk as an error of the device.
    case .SQLITE_IOERR where (DiskSpace.free(at: folder) ?? .max) < 1 << 20: return .diskFull(path: folder)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      return .folderNotWritable(path: folder, reason: words)
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .notAStore(path: path, reason: words)
    default: return .failed(path: path, reason: words)
    }
  }

  func meta(_ key: String) throws(StoreError) -> String? {
    try read { try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key]) }
  }

  func setMeta(_ values: [String: String]) throws(StoreError) {
    try write { db in
      for (key, value) in values {
        try db.execute(sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)", arguments: [key, value])
      }
    }
  }
}
