internal import Foundation
internal import GRDB
internal import SaliencyCore
internal import Support
internal import Synchronization

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
  /// Whether no file holds it.
  let isInMemory: Bool

  /// The version of the tables; a store of a later one is refused.
  static let format = 1

  /// Opens the store of a folder to write to it, or begins one.
  ///
  /// - Throws: `StoreError` if the folder cannot be written or the file is something else.
  convenience init(path: String, owner: ProcessIdentity = .current) throws(StoreError) {
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(60)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
    do {
      try self.init(path: path, owner: owner, database: Self.open(path, configuration))
    } catch {
      throw Self.explain(error, path: path)
    }
  }

  /// Opens a store to read it, also on a file system that cannot be written to.
  ///
  /// - Throws: `StoreError` if the file cannot be read or is something else.
  convenience init(reading path: String) throws(StoreError) {
    do {
      try self.init(path: path, owner: .current, database: Self.reader(of: path))
    } catch {
      throw Self.explainReading(error, path: path)
    }
  }

  /// A store in memory, which ends with its last user.
  init(inMemoryOf owner: ProcessIdentity = .current) throws(StoreError) {
    path = "results in memory"
    isInMemory = true
    self.owner = owner
    do {
      database = try DatabaseQueue()
      try database.write(Self.makeTables)
    } catch {
      throw .failed(path: "results in memory", reason: "\(error)")
    }
  }

  private init(path: String, owner: ProcessIdentity, database: DatabaseQueue) throws {
    self.path = path
    isInMemory = false
    self.owner = owner
    self.database = database
    let found = try meta("format")
    guard found == "\(Self.format)" else {
      throw StoreError.notAStore(
        path: path, reason: "its format is \(found ?? "unknown"), this version reads \(Self.format)")
    }
  }

  deinit { Self.retire(database) }

  /// Closes a database, and keeps its object if the system starts no threads: libdispatch needs one to dispose of the queue in it,
  /// and waits for that without end.
  private static func retire(_ database: DatabaseQueue) {
    try? database.close()
    if !WorkerThread.start({}) { retired.withLock { $0.append(database) } }
  }

  private static let retired = Mutex<[DatabaseQueue]>([])

  private static func reader(of path: String) throws -> DatabaseQueue {
    // SQLite waits for the other end of a pipe.
    if case .special(let kind)? = RegularFile.problem(at: path) {
      throw StoreError.notAStore(path: path, reason: "it is \(kind)")
    }
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(60)
    return try DatabaseQueue(path: readableAddress(of: path), configuration: configuration)
  }

  /// What SQLite is given to read a store: its path, or an address that says that the file does not change.
  ///
  /// A store in write-ahead mode needs files beside it to be read. In a folder that cannot be written to, one that was closed in
  /// order has none and is read without; one that has a log is left to SQLite.
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

  /// Puts everything that was written into the store's one file, so that a copy of that file has it.
  ///
  /// While another process reads or writes, its part of the log stays where it is.
  func checkpoint() throws(StoreError) {
    do {
      try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    } catch let error as DatabaseError where Self.isPassing(error) {
      return
    } catch {
      throw Self.explain(error, path: path)
    }
  }

  /// Reads a store that may belong to another process, or be where nothing can be written.
  static func read<T>(_ path: String, _ body: (Database) throws -> T) throws(StoreError) -> T {
    do {
      let database = try reader(of: path)
      defer { retire(database) }
      return try database.read(body)
    } catch {
      throw explainReading(error, path: path)
    }
  }

  /// A file that cannot be opened is not one that cannot be written.
  private static func explainReading(_ error: any Error, path: String) -> StoreError {
    let explained = explain(error, path: path)
    guard case .folderNotWritable(_, let reason) = explained else { return explained }
    return .failed(
      path: path, reason: "the store cannot be read (\(reason)); check its permissions, or copy the folder")
  }

  /// Checks every cell.
  ///
  /// - Throws: `StoreError.damaged`.
  func verify() throws(StoreError) { try read { try StoreTable.verify($0) } }

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
        CREATE TABLE IF NOT EXISTS requests (
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
        CREATE TABLE IF NOT EXISTS figure_values (key BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS figure_maps (
          key BLOB PRIMARY KEY, shape TEXT NOT NULL, floats BLOB NOT NULL, matched INTEGER, gap REAL);
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

  func meta(_ key: String) throws(StoreError) -> String? {
    try read { try Self.meta(key, $0) }
  }

  static func meta(_ key: String, _ db: Database) throws -> String? {
    try StoredRow.cell(db, in: "meta", "value", "SELECT value FROM meta WHERE key = ?", [key])
  }

  /// The manifest of the run.
  ///
  /// - Throws: `StoreError` if no run has begun in the store, or the manifest is damaged.
  func manifest() throws(StoreError) -> Manifest {
    let found = try read { try Self.meta("manifest", $0).map(Manifest.init(stored:)) }
    guard let found else { throw .notAStore(path: path, reason: "no run has begun in it") }
    return found
  }

  func setMeta(_ values: [String: String]) throws(StoreError) {
    try write { db in
      for (key, value) in values {
        try db.execute(sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)", arguments: [key, value])
      }
    }
  }
}
