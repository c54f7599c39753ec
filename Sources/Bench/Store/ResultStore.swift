internal import Foundation
internal import GRDB
internal import SaliencyCore
internal import Support
internal import Synchronization

/// The results of a run, in one SQLite file.
///
/// The key of a result is a digest of everything that it depends on: the code, the weights, the input, the annotations, the
/// class, the method and the metric with all their parameters. A result in the store is not computed again, by any process or
/// changed experiment. Each unit of work is written in one transaction; a killed process loses only its unfinished units.
///
/// Several processes on one machine may share a store (write-ahead log). Over a network file system they must not.
final class ResultStore: Sendable {
  let path: String
  let database: DatabaseQueue
  let owner: ProcessIdentity
  /// Whether it has no file.
  let isInMemory: Bool

  /// The version of the tables; a store of a later one is refused.
  static let format = 1

  /// Opens the store of a folder for writing, and makes it if it is absent.
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

  /// Opens a store for reading, also on a read-only file system.
  ///
  /// - Throws: `StoreError` if the file cannot be read or is something else.
  convenience init(reading path: String) throws(StoreError) {
    do {
      try self.init(path: path, owner: .current, database: Self.reader(of: path))
    } catch {
      throw Self.explainReading(error, path: path)
    }
  }

  /// A store in memory.
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

  /// Closes a database, and keeps its object if the system starts no threads: libdispatch needs a thread to release its queue, and
  /// waits for it for ever.
  static func retire(_ database: DatabaseQueue) {
    try? database.close()
    if !WorkerThread.start({}) { retired.withLock { $0.append(database) } }
  }

  private static let retired = Mutex<[DatabaseQueue]>([])

  /// Moves the log into the store's file, so that a copy of that file is complete.
  ///
  /// The part of the log that another process uses stays in the log.
  func checkpoint() throws(StoreError) {
    do {
      try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    } catch let error as DatabaseError where Self.isTemporary(error) {
      return
    } catch {
      throw Self.explain(error, path: path)
    }
  }

  /// Reads a store of another process or on a read-only file system.
  static func read<T>(_ path: String, _ body: (Database) throws -> T) throws(StoreError) -> T {
    do {
      let database = try reader(of: path)
      defer { retire(database) }
      return try database.read(body)
    } catch {
      throw explainReading(error, path: path)
    }
  }

  /// Checks every cell.
  ///
  /// - Throws: `StoreError.damaged`.
  func verify() throws(StoreError) { try read { try StoreTable.verify($0) } }

  func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do { return try database.read(body) } catch { throw Self.explain(error, path: path) }
  }

  /// Writes in one transaction, which other processes wait for.
  func write<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do { return try database.write(body) } catch { throw Self.explain(error, path: path) }
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
