internal import Foundation
internal import GRDB
internal import Synchronization

/// Puts stores of parts of one experiment together into the store of a run.
///
/// The new store is built beside the old one, or in a scratch folder, and takes its place when it is whole; which units have come over
/// is noted with them, so that a merge that was killed goes on where it was. What the run's store held before stays in it. Merging what
/// has been merged does nothing. Rows are moved by SQLite, some thousands of units in a transaction, so that memory does not grow with
/// the stores.
public final class StoreMerge: Sendable {
  /// The progress of a merge.
  public struct Progress: Sendable, Equatable {
    public var source = 0
    public var sources = 0
    /// Units that were moved by this process.
    public var units = 0
    /// Units that had been there, and are equal.
    public var present = 0
  }

  /// The run's folder.
  public let output: String
  private let sources: [MergeSource]
  private let scratch: String?
  private let unitsAtOnce: Int
  private let isOver = Atomic<Bool>(false)
  private let tally: Mutex<Progress>

  /// - Parameters:
  ///   - stores: Folders of shards or runs, in any order, or folders of those.
  ///   - output: The run's folder.
  ///   - scratch: Where to build the new store; `output` by default. One machine only may write in it.
  /// - Throws: `MergeError` if the stores do not belong together, `StoreError`.
  public init(_ stores: [String], output: String, scratch: String? = nil, unitsAtOnce: Int = 50_000) throws {
    self.output = output
    self.scratch = scratch
    self.unitsAtOnce = unitsAtOnce
    var paths: [String] = []
    for folder in stores {
      let found = RunFolder.stores(in: folder)
      // The folder of a shard whose task never came so far as to leave a store is a gap, not a mistake.
      if found.isEmpty, ShardFolder.shard(at: folder) == nil { throw MergeError.noStore(path: folder) }
      paths += found
    }
    guard !paths.isEmpty else { throw MergeError.noStores }
    let target = RunFolder(output).storePath
    let base = FileManager.default.fileExists(atPath: target) ? try MergeSource(target) : nil
    var found: [MergeSource] = []
    for path in Set(paths).subtracting([target]).sorted() {
      let source = try MergeSource(path, like: base ?? found.first)
      if let first = base ?? found.first { try Self.verify(source, against: first) }
      found.append(source)
    }
    sources = found.sorted { a, b in
      (a.shard?.count ?? 0, a.shard?.index ?? 0, a.path) < (b.shard?.count ?? 0, b.shard?.index ?? 0, b.path)
    }
    tally = Mutex(Progress(sources: sources.count))
  }

  public var progress: Progress { tally.withLock(\.self) }

  /// Tells the merge to end after the rows that are being moved.
  public func stop() { isOver.store(true, ordering: .relaxed) }

  /// That two stores were made of the same.
  ///
  /// - Throws: `MergeError.differs` with the first difference.
  static func verify(_ other: MergeSource, against first: MergeSource) throws(MergeError) {
    var found = first.manifest.difference(from: other.manifest)
    if found == nil, first.plan != other.plan {
      found = ManifestDifference(
        what: "the digest of the images' paths", first: String(first.plan.prefix(12)),
        second: String(other.plan.prefix(12)),
        advice: "give all nodes the same paths and compute the others again")
    }
    if found == nil, let mine = first.meta["probe"], let theirs = other.meta["probe"], mine != theirs {
      let lines = zip(mine.components(separatedBy: "\n"), theirs.components(separatedBy: "\n"))
      let (here, there) = lines.first { $0 != $1 } ?? (mine, theirs)
      found = ManifestDifference(
        what: "what the networks saw of the same picture", first: here, second: there,
        advice: "nodes see different copies of the data set; compute the others again on the same files")
    }
    guard let found else { return }
    throw .differs(
      what: found.what, first: first.label, firstValue: found.first, second: other.label,
      secondValue: found.second, advice: found.advice)
  }

  /// Merges what has not been merged.
  ///
  /// - Returns: What there is now and what is missing; nil if the merge was told to stop.
  /// - Throws: `MergeError`, `StoreError`.
  public func run() throws -> MergeSummary? {
    try DiskSpace.prepare(output)
    let folder = scratch ?? output
    try DiskSpace.prepare(folder)
    let lock = try MergeLock(output)
    defer { lock.release() }
    let target = RunFolder(output).storePath
    if try !isMerged(target) {
      let partial = try PartialStore(folder: folder, target: target, first: sources.first)
      for (i, source) in sources.enumerated() {
        tally.withLock { $0.source = i + 1 }
        guard try move(source, into: partial) else { return nil }
      }
      try partial.finish(sources, at: target)
    }
    let gaps = try MergeGaps(RunFolder(output).store(), sources: sources)
    return MergeSummary(
      progress: progress, units: gaps.found, expected: gaps.expected, gaps: gaps.descriptions)
  }

  /// Whether a store holds all that the sources hold now.
  private func isMerged(_ target: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: target) else { return false }
    let known = Set(try MergeSource(target).meta["merged"]?.components(separatedBy: "\n") ?? [])
    return sources.allSatisfy { known.contains($0.identity) }
  }

  /// - Returns: false where the merge was told to stop.
  private func move(_ source: MergeSource, into partial: PartialStore) throws -> Bool {
    guard var last = try partial.begin(source) else { return true }
    do {
      return try StoreTransfer.with(source.path, attachedTo: partial.store.database) { db in
        let transfer = StoreTransfer(source: source.label)
        try transfer.prepare(db)
        try db.inTransaction {
          try transfer.copyRequests(db)
          try transfer.copyRest(db)
          return .commit
        }
        while let next = try transfer.choose(after: last, count: unitsAtOnce, db) {
          if isOver.load(ordering: .relaxed) { return false }
          try db.inTransaction {
            let present = try transfer.copyChosen(db)
            try partial.note(source, last: next, db)
            let units = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM temp.chosen") ?? 0
            tally.withLock {
              $0.units += units - present
              $0.present += present
            }
            return .commit
          }
          last = next
        }
        try partial.end(source, db)
        return true
      }
    } catch {
      if MergeError.isDifference(error) { partial.abandon() }
      throw MergeError.explain(error, between: partial.store.path, and: source)
    }
  }
}

/// What a merge came to.
public struct MergeSummary: Sendable, Equatable {
  public var progress: StoreMerge.Progress
  /// Units that the run has now.
  public var units: Int
  /// Units that the whole experiment has.
  public var expected: Int
  /// What is missing, a line for each shard; empty if nothing is.
  public var gaps: [String]

  public var missing: Int { expected - units }
}

extension MergeSource {
  /// The file as it is now.
  var identity: String { "\(path) \(stamp)" }
}

extension StoreTransfer {
  /// What is kept once for all units: who was to do what, and what methods cost.
  ///
  /// Of two measurements of a cost the smaller stands: what a machine needs where nothing else is in the way.
  func copyRest(_ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO main.costs SELECT * FROM other.costs WHERE true
          ON CONFLICT DO UPDATE SET seconds = MIN(seconds, excluded.seconds), peak = MAX(peak, excluded.peak)
        """)
    let hasAssignment = try Int.fetchOne(
      db, sql: "SELECT 1 FROM other.sqlite_master WHERE type = 'table' AND name = 'assignment'")
    guard hasAssignment != nil else { return }
    try db.execute(sql: "INSERT OR IGNORE INTO main.assignment SELECT * FROM other.assignment")
  }
}
