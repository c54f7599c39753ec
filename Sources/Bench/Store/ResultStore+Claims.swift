internal import Foundation
internal import GRDB

/// Something that one process works on at a time.
enum Claim: Sendable, Hashable {
  /// A question, by its place in the experiment.
  case place(QuestionPlace)
  /// A question, by what is asked: two places may turn out to ask the same.
  case content(Digest)

  fileprivate var key: String {
    switch self {
    case .place(let place): "\(place.model) \(place.image) \(place.target)"
    case .content(let digest): digest.hex
    }
  }
}

/// Who is at work on what.
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
      let holder = try Row.fetchOne(
        db, sql: "SELECT place, pid, started, expires FROM claims WHERE key = ?", arguments: [claim.key])
      if let holder, Self.identity(holder) != owner, Self.isLiving(holder, now: now) { return false }
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
    try Row.fetchAll(db, sql: "SELECT DISTINCT place, pid, started, expires FROM claims")
      .filter { Self.identity($0) != owner && Self.isLiving($0, now: now) }.map(Self.identity)
  }

  private static func identity(_ row: Row) -> ProcessIdentity {
    ProcessIdentity(place: row["place"], pid: row["pid"], started: row["started"])
  }

  private static func isLiving(_ row: Row, now: Date) -> Bool {
    identity(row).isAlive ?? (now.timeIntervalSince1970 < row["expires"])
  }
}
