public import Foundation
internal import GRDB

/// The progress of a sharded run, read from the stores on the shared file system.
public struct RunStatus: Sendable, Encodable {
  /// One shard.
  public struct Part: Sendable, Encodable {
    public let shard: String
    public var state: ShardState
    /// Units that are finished, and how many there are; nil if there is no store.
    public var done: Int?
    public var units: Int?
    /// Units that failed.
    public var failedUnits: Int?
    /// Units a second, of those that the last process computed.
    public var rate: Double?
    public var host: String?
    public var job: String?
    /// Seconds since the store was last seen to change.
    public var age: Double?
    /// How often the task failed, and what it said the last time.
    public var failures = 0
    public var reason: String?
  }

  /// Into how many shards the work is divided.
  public let shards: Int
  public let parts: [Part]
  /// Units that are finished.
  public let done: Int
  /// Units in all.
  public let units: Int
  /// Units a second, of all that run now.
  public let rate: Double
  /// Seconds to the end at that rate; nil if nothing runs.
  public let secondsLeft: Double?
  /// Whether all shards, as they are now, have been merged, and the tables written of that.
  public let isMerged: Bool

  /// Looks at the folder of a run.
  ///
  /// - Parameter count: Which division to look at, where there are several; the one that was worked on last by default.
  /// - Throws: `StoreError` if there is no shard.
  public init(of run: String, count: Int? = nil, now: Date = Date()) throws {
    let folder = ShardFolder(run)
    guard let count = count ?? folder.latestCount else {
      throw StoreError.notAStore(
        path: run,
        reason:
          "there are no shards in it; wanted the folder of a run begun with --shard or `saliency cluster submit`"
      )
    }
    shards = count
    let found = try (1...count).map { try folder.part($0, of: count, now: now) }
    parts = found.map(\.part)
    done = parts.reduce(0) { $0 + ($1.done ?? 0) }
    let known = parts.compactMap(\.units)
    let total = found.compactMap(\.total).max()
    // Without a store the count is unknown.
    units = total ?? known.reduce(0, +)
    rate = parts.filter { $0.state == .running }.reduce(0) { $0 + ($1.rate ?? 0) }
    secondsLeft = rate > 0 ? Double(units - done) / rate : nil
    let isDone = parts.allSatisfy { $0.state == .done }
    isMerged = isDone && RunFolder(run).hasTables(of: found.map(\.stamp))
  }

  /// The shards in a state.
  public func shards(_ state: ShardState) -> [Int] {
    parts.enumerated().filter { $1.state == state }.map { $0.offset + 1 }
  }
}

/// The shards' folders of a run.
public struct ShardFolder: Sendable {
  /// `RUN/shards`.
  public let path: String

  public init(_ run: String) { path = (run as NSString).appendingPathComponent("shards") }

  public func folder(of shard: Shard) -> String {
    (path as NSString).appendingPathComponent(shard.folderName)
  }

  /// The shard whose folder has a path; nil if it is none.
  static func shard(at path: String) -> Shard? {
    path.split(separator: "/").last.flatMap { Shard(folderName: String($0)) }
  }

  /// Where a task notes a failure, a line each: time, job, host, exit code, reason, with tabs between them.
  public static let failuresName = "failures.log"

  /// The shards that have a folder.
  public var present: [Shard] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).compactMap(Shard.init(folderName:))
      .sorted()
  }

  /// Into how many parts the work was last divided.
  var latestCount: Int? {
    let divisions = Dictionary(grouping: present, by: \.count)
    guard divisions.count > 1 else { return divisions.first?.key }
    return divisions.max { a, b in (lastWork(a.value), a.key) < (lastWork(b.value), b.key) }?.key
  }

  /// When the last of some shards was at work, as its store tells.
  private func lastWork(_ shards: [Shard]) -> Double {
    shards.compactMap { shard -> Double? in
      let path = RunFolder(folder(of: shard)).storePath
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      return (try? MergeSource.notes(path))?["progress-at"].flatMap { Double($0) }
    }.max() ?? 0
  }

  /// How a shard stands, how many units the whole plan has, and when the shard's store was last at work.
  func part(_ index: Int, of count: Int, now: Date) throws -> (
    part: RunStatus.Part, total: Int?, stamp: String
  ) {
    let shard = try Shard(index, of: count)
    var part = RunStatus.Part(shard: "\(shard)", state: .missing)
    let failures = self.failures(of: shard)
    part.failures = failures.count
    part.reason = failures.last?.words
    let hasGivenUp = failures.count >= Self.mostAttempts
    let store = RunFolder(folder(of: shard)).storePath
    guard FileManager.default.fileExists(atPath: store) else {
      if hasGivenUp { part.state = .failed }
      return (part, nil, "")
    }
    let meta = try MergeSource.notes(store)
    let total: Int?
    do throws(StoreDamage) {
      try part.read(meta, now: now)
      total = try RunStatus.Part.count("plan-units", in: meta)
    } catch {
      throw StoreError.damaged(path: store, error)
    }
    let stamp = meta["progress-at"] ?? ""
    // The store of a killed process still says running; a later failure record decides. Its time has no fractions.
    let isLater = (failures.last?.seconds ?? 0) >= (Double(stamp) ?? 0).rounded(.down)
    if hasGivenUp, part.state == .stopped || part.state == .running && isLater { part.state = .failed }
    return (part, total, stamp)
  }

  /// How often a task is tried before the others go on without it.
  public static let mostAttempts = 3

  /// When a task failed, in seconds since 1970, and what it said.
  private func failures(of shard: Shard) -> [(seconds: Double?, words: String)] {
    let file = (folder(of: shard) as NSString).appendingPathComponent(Self.failuresName)
    return ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: "\n").map { line in
      let fields = line.split(separator: "\t")
      let time = fields.first.flatMap { try? Date(String($0), strategy: .iso8601) }
      return (time?.timeIntervalSince1970, fields.dropFirst().joined(separator: ", "))
    }
  }
}

extension RunStatus.Part {
  /// Takes what a store notes about itself.
  fileprivate mutating func read(_ meta: [String: String], now: Date) throws(StoreDamage) {
    done = try Self.count("progress-done", in: meta) ?? 0
    units = try Self.count("shard-units", in: meta)
    failedUnits = try Self.count("progress-failed", in: meta)
    host = meta["progress-host"]
    job = meta["progress-job"].flatMap { $0.isEmpty ? nil : $0 }
    age = try Self.number("progress-at", in: meta).map { max(now.timeIntervalSince1970 - $0, 0) }
    if let seconds = try Self.number("progress-seconds", in: meta), seconds > 0, let done,
      let found = try Self.count("progress-found", in: meta)
    {
      rate = Double(done - found) / seconds
    }
    state = meta["progress-state"].flatMap(ShardState.init(rawValue:)) ?? .running
    // A killed process leaves no final note.
    let silence = try 2 * (Self.number("progress-every", in: meta) ?? 300) + 60
    if state == .running, (age ?? 0) > silence { state = .stopped }
  }

  /// A number of units, such that the sums over all shards do not overflow; nil if it is not noted.
  fileprivate static func count(_ key: String, in meta: [String: String]) throws(StoreDamage) -> Int? {
    try number(key, in: meta).flatMap { Int(exactly: $0) }
  }

  private static func number(_ key: String, in meta: [String: String]) throws(StoreDamage) -> Double? {
    guard let text = meta[key] else { return nil }
    guard let number = Double(text), (0...0x1p40).contains(number) else {
      throw StoreDamage(
        "meta", "value", found: "\"\(text.prefix(40))\" for key \(key)", expected: "a number from 0 to 2^40")
    }
    return number
  }
}
