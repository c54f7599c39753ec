internal import Foundation
internal import GRDB
internal import SaliencyCore
internal import Support

/// The store that a merge builds: begun as what the run had, put into its place when it is whole.
final class PartialStore: Sendable {
  let store: ResultStore

  /// Opens what an earlier attempt began, if that began with the same; else begins.
  ///
  /// - Parameter folder: Where to build; merges of other runs may be at work there too, or have been killed.
  /// - Throws: `StoreError`.
  init(folder: String, target: String, first: MergeSource?) throws {
    let name = Digest(of: URL(fileURLWithPath: target).standardizedFileURL.path).hex.prefix(16)
    let path = (folder as NSString).appendingPathComponent(
      ".merge.\(ProcessInfo.processInfo.hostName).\(name).sqlite")
    let hasTarget = FileManager.default.fileExists(atPath: target)
    if hasTarget { try Self.close(target) }
    // In a folder that was emptied, another experiment may have been begun since.
    let base = [
      hasTarget ? FileStamp.of(target) : "nothing", first?.plan ?? "", first?.meta["manifest-digest"] ?? "",
    ].joined(separator: " ")
    if FileManager.default.fileExists(atPath: path) {
      let begun =
        (try? ResultStore.read(path) { try ResultStore.meta("merge-base", $0) }) ?? nil
      if begun != base { Self.remove(path) }
    }
    if hasTarget, !FileManager.default.fileExists(atPath: path) {
      try ResultStore(reading: target).verify()
      try DurableFile.copy(target, to: path)
    }
    store = try ResultStore(path: path)
    try store.write { db in
      try db.execute(sql: "INSERT OR REPLACE INTO meta VALUES ('merge-base', ?)", arguments: [base])
      try ResultStore.makeAssignment(db)
      try db.execute(
        sql: """
          CREATE TABLE IF NOT EXISTS merging (
            source TEXT PRIMARY KEY, stamp TEXT NOT NULL, last INTEGER NOT NULL, is_done INTEGER NOT NULL)
          """)
    }
    if let first { try takeDescription(of: first) }
    try store.database.inDatabase { try $0.execute(sql: "PRAGMA cache_size = -65536") }
  }

  /// Lets SQLite put a store's log into its file, so that the file can be copied.
  ///
  /// - Throws: `StoreError.otherExperiment` where a process is at work in it.
  private static func close(_ target: String) throws(StoreError) {
    let store = try ResultStore(path: target)
    if let other = try store.read({ try store.livingClaims($0) }).first {
      throw .otherExperiment(path: target, process: "\(other.pid)")
    }
    try store.checkpoint()
    do {
      try store.database.close()
    } catch {
      throw ResultStore.explain(error, path: target)
    }
  }

  private static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }

  /// Begins anew next time: which of two results that differ is wrong, nobody knows, and it may be one that has come over.
  func abandon() {
    try? store.database.close()
    Self.remove(store.path)
  }

  /// The run is described as its parts are, but is no part.
  private func takeDescription(of source: MergeSource) throws {
    try StoreTransfer.with(source.path, attachedTo: store.database) { db in
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO main.meta SELECT key, value FROM other.meta
            WHERE key IN ('plan', 'manifest', 'manifest-digest', 'experiment', 'probe');
          INSERT OR REPLACE INTO main.meta VALUES ('part', 'the whole run');
          """)
    }
  }

  /// - Returns: The last unit of the source that has come over, 0 for none; nil if all have.
  func begin(_ source: MergeSource) throws(StoreError) -> Int? {
    try store.write { db -> Int? in
      let row = try StoredRow.first(
        db, in: "merging", "SELECT last, is_done FROM merging WHERE source = ? AND stamp = ?",
        [source.path, source.stamp])
      if let row {
        let (last, isDone): (Int, Int) = (try row.value("last"), try row.value("is_done"))
        return isDone == 0 ? last : nil
      }
      try db.execute(
        sql: "INSERT OR REPLACE INTO merging VALUES (?, ?, 0, 0)", arguments: [source.path, source.stamp])
      return 0
    }
  }

  func note(_ source: MergeSource, last: Int, _ db: Database) throws {
    try db.execute(sql: "UPDATE merging SET last = ? WHERE source = ?", arguments: [last, source.path])
  }

  func end(_ source: MergeSource, _ db: Database) throws {
    try db.execute(sql: "UPDATE merging SET is_done = 1 WHERE source = ?", arguments: [source.path])
  }

  /// Puts the store into its place.
  func finish(_ sources: [MergeSource], at target: String) throws {
    try store.setMeta(["merged": sources.map(\.identity).joined(separator: "\n")])
    do {
      try store.database.writeWithoutTransaction { db in
        try db.execute(sql: "DROP TABLE IF EXISTS merging; DELETE FROM meta WHERE key = 'merge-base'")
      }
      try store.checkpoint()
      try store.database.close()
      // A log of the old file must never be read as one of the new.
      for suffix in ["-wal", "-shm"] { unlink(target + suffix) }
      try DurableFile.copyOrMove(store.path, to: target)
    } catch {
      throw ResultStore.explain(error, path: target)
    }
    Self.remove(store.path)
  }
}

extension DurableFile {
  /// Puts a file into place, by renaming where both are on one file system.
  static func copyOrMove(_ source: String, to path: String) throws {
    let file = open(source, O_RDONLY | O_CLOEXEC)
    guard file >= 0, fsync(file) == 0 else { throw Problem(source) }
    close(file)
    var (a, b) = (stat(), stat())
    let folder = path.enclosingFolder
    if stat(source, &a) == 0, stat(folder.isEmpty ? "." : folder, &b) == 0, a.st_dev == b.st_dev {
      try move(source, to: path)
    } else {
      try copy(source, to: path)
    }
  }
}

/// Keeps two merges on one machine from writing one store.
struct MergeLock {
  private let file: Int32

  /// - Throws: `MergeError.busy`.
  init(_ folder: String) throws(MergeError) {
    file = open(
      (folder as NSString).appendingPathComponent(".merge.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    // Where the file system knows no locks, none is held; machines do not write the same file in any case.
    if file >= 0, flock(file, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(file)
      throw .busy(path: folder)
    }
  }

  func release() { if file >= 0 { close(file) } }
}
