internal import Foundation
internal import GRDB
internal import Support

/// Something that one process works on at a time.
enum Claim: Sendable, Hashable {
  /// A request, by its place in the experiment.
  case place(RequestPlace)
  /// A request by its content: two places can have the same.
  case content(Digest)

  fileprivate var key: String {
    switch self {
    case .place(let place): "\(place.model) \(place.image) \(place.target)"
    case .content(let digest): digest.hex
    }
  }
}

/// Claims of processes on requests.
///
/// A claim is good while its process lives. Where that cannot be seen (another machine), it is good until it expires, and
/// its owner renews it.
extension ResultStore {
  /// How long a claim is good without being renewed, in seconds.
  static let lease = 120.0

  /// Takes something for this process.
  ///
  /// - Returns: false where another process has it.
  func take(_ claim: Claim, now: Date = Date()) throws(StoreError) -> Bool {
    try write { db in
      let row = try StoredRow.first(
        db, in: "claims", "SELECT place, pid, started, expires FROM claims WHERE key = ?", [claim.key])
      if let holder = try row.map(Holder.init), holder.process != owner, holder.isLiving(now: now) {
        return false
      }
      try self.claim(claim.key, db, now: now)
      return true
    }
  }

  /// Writes that this process has something.
  func claim(_ key: String, _ db: Database, now: Date = Date()) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?)",
      arguments: [key, owner.place, owner.pid, owner.started, now.timeIntervalSince1970 + Self.lease])
  }

  /// Gives up what this process has taken.
  func release(_ claims: [Claim]) throws(StoreError) {
    try write { db in
      for claim in claims {
        try db.execute(
          sql: "DELETE FROM claims WHERE key = ? AND place = ? AND pid = ? AND started = ?",
          arguments: [claim.key, owner.place, owner.pid, owner.started])
      }
    }
  }

  /// Gives up all that this process has taken.
  func releaseAll() throws(StoreError) {
    try write { db in
      try db.execute(
        sql: "DELETE FROM claims WHERE place = ? AND pid = ? AND started = ?",
        arguments: [owner.place, owner.pid, owner.started])
    }
  }

  /// Puts off the end of every claim of this process.
  func renewClaims(now: Date = Date()) throws(StoreError) {
    try write { db in
      try db.execute(
        sql: "UPDATE claims SET expires = ? WHERE place = ? AND pid = ? AND started = ?",
        arguments: [now.timeIntervalSince1970 + Self.lease, owner.place, owner.pid, owner.started])
    }
  }

  /// The processes, other than this one, that have claims and may be alive.
  func livingClaims(_ db: Database, now: Date = Date()) throws -> [ProcessIdentity] {
    var found: [ProcessIdentity] = []
    try StoredRow.each(db, in: "claims", "SELECT DISTINCT place, pid, started, expires FROM claims") { row in
      let holder = try Holder(row)
      if holder.process != owner, holder.isLiving(now: now) { found.append(holder.process) }
    }
    return found
  }
}

/// A claim's owner, and when it expires.
private struct Holder {
  let process: ProcessIdentity
  let expires: Double

  init(_ row: StoredRow) throws(StoreDamage) {
    process = ProcessIdentity(
      place: try row.value("place"), pid: try row.value("pid"), started: try row.value("started"))
    expires = try row.value("expires")
  }

  func isLiving(now: Date) -> Bool { process.isAlive ?? (now.timeIntervalSince1970 < expires) }
}
