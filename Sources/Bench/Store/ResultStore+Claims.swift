internal import Foundation
internal import GRDB

/// Who is at work on which question.
///
/// A claim is good while its process lives. Where that cannot be seen (another machine), it is good until it expires, and
/// its owner renews it.
extension ResultStore {
  /// How long a claim is good without being renewed, in seconds.
  static let lease = 120.0

  /// Takes a question for this process.
  ///
  /// - Returns: false where another process has it.
  func claim(_ place: QuestionPlace, now: Date = Date()) throws(StoreError) -> Bool {
    try write { db in
      let holder = try Row.fetchOne(
        db,
        sql: "SELECT place, pid, started, expires FROM claims WHERE model = ? AND image = ? AND target = ?",
        arguments: [place.model, place.image, place.target])
      if let holder, Self.identity(holder) != owner, Self.isLiving(holder, now: now) { return false }
      try db.execute(
        sql: "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          place.model, place.image, place.target, owner.place, owner.pid, owner.started,
          now.timeIntervalSince1970 + Self.lease,
        ])
      return true
    }
  }

  func release(_ place: QuestionPlace) throws(StoreError) {
    try write { db in
      try db.execute(
        sql: """
          DELETE FROM claims WHERE model = ? AND image = ? AND target = ? AND place = ? AND pid = ? AND started = ?
          """,
        arguments: [place.model, place.image, place.target, owner.place, owner.pid, owner.started])
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
