internal import Foundation
internal import GRDB
internal import SaliencyCore
internal import Support

/// Takes over from other stores what a run would compute: shards of another number, an earlier run.
struct Adoption {
  private let runner: Runner

  init(into runner: Runner) { self.runner = runner }

  /// - Parameter stores: The paths of SQLite files that nobody is writing to, or that are on this machine.
  /// - Returns: How many units were taken over.
  /// - Throws: `StoreError`, `MergeError`.
  func adopt(from stores: [String]) throws -> Int {
    let before = try unitCount()
    for path in stores where path != runner.store.path && mayHelp(path) {
      let source = try MergeSource(path)
      // Results of another program or another plan are no use here, and no mistake.
      guard source.manifest.code == runner.plan.code, source.plan == runner.plan.digest.hex else { continue }
      do {
        try StoreTransfer.with(path, attachedTo: runner.store.database) { db in try copy(source, db) }
      } catch {
        throw MergeError.explain(error, between: runner.store.path, and: source)
      }
    }
    return try unitCount() - before
  }

  /// Most stores need not even be opened: their folders' names tell which part of the line they hold.
  private func mayHelp(_ path: String) -> Bool {
    if let own = runner.share.shard, let other = ShardFolder.shard(at: path.enclosingFolder) {
      guard own.count != other.count, own.overlaps(other) else { return false }
    }
    return FileManager.default.fileExists(atPath: path)
  }

  private func unitCount() throws -> Int {
    try runner.store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units") ?? 0 }
  }

  /// A hundred requests in one transaction.
  private func copy(_ source: MergeSource, _ db: Database) throws {
    let transfer = StoreTransfer(source: source.path)
    try transfer.prepare(db)
    let places = runner.share.places
    for start in stride(from: 0, to: places.count, by: 100) {
      try db.inTransaction {
        for place in places[start..<min(start + 100, places.count)] { try copy(place, transfer, db) }
        return .commit
      }
    }
  }

  private func copy(_ place: RequestPlace, _ transfer: StoreTransfer, _ db: Database) throws {
    guard let record = try ResultStore.request(at: place, in: "other.requests", db) else { return }
    // A failed request is repeated.
    if case .failed = record.state { return }
    try transfer.copyRequests(db, at: place)
    guard case .resolved(let resolved) = record.state else { return }
    let plan = runner.plan
    try transfer.choose(
      plan.methods[runner.share.methods(at: place)].map { plan.key($0, plan.models[place.model], resolved) },
      db)
    _ = try transfer.copyChosen(db)
  }
}

extension RunFolder {
  /// The stores of a folder: its own, or those of the folders in it, in the order of their names.
  static func stores(in folder: String) -> [String] {
    candidates(in: folder).filter { FileManager.default.fileExists(atPath: $0) }
  }

  /// The same, without asking the file system about each.
  static func candidates(in folder: String) -> [String] {
    let own = RunFolder(folder).storePath
    if FileManager.default.fileExists(atPath: own) { return [own] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
    return names.map { RunFolder((folder as NSString).appendingPathComponent($0)).storePath }
  }
}
