internal import Foundation
internal import GRDB

extension ResultStore {
  /// Records which units of the plan this store must hold, so that a merge can report missing ones.
  ///
  /// A store of a whole run has no such list.
  ///
  /// - Throws: `StoreError.otherShard` where the store holds another part of the work.
  func assign(_ share: WorkShare, of plan: WorkPlan) throws(StoreError) {
    let wanted = share.shard.map { "shard \($0)" } ?? "the whole run"
    try write { db in
      try Self.makeAssignment(db)
      let hasWork = try Int.fetchOne(db, sql: "SELECT 1 FROM units LIMIT 1") != nil
      let found = try Self.meta("part", db)
      guard found == wanted || !hasWork || found == nil && share.shard == nil else {
        throw StoreError.otherShard(path: self.path, found: found ?? "the whole run", wanted: wanted)
      }
      guard let shard = share.shard else { return }
      let note = "\(plan.digest.hex) \(shard)"
      guard try Self.meta("assignment", db) != note else {
        return
      }
      let known = [
        "part": wanted, "shard": "\(shard)", "shard-units": "\(share.unitCount)",
        "plan-units": "\(plan.places.count * plan.methods.count)", "assignment": note,
      ]
      try db.execute(sql: "DELETE FROM assignment")
      let insert = try db.cachedStatement(sql: "INSERT INTO assignment VALUES (?, ?, ?, ?, ?)")
      for place in share.places {
        let methods = share.methods(at: place)
        try insert.execute(arguments: [
          place.model, place.image, place.target, methods.lowerBound, methods.upperBound,
        ])
      }
      for (key, value) in known {
        try db.execute(sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)", arguments: [key, value])
      }
    }
  }

  /// For each request the first of the methods to ask, and the one after the last.
  static func makeAssignment(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS assignment (
          model INTEGER NOT NULL, image INTEGER NOT NULL, target TEXT NOT NULL, first INTEGER NOT NULL,
          last INTEGER NOT NULL, PRIMARY KEY (model, image, target, first, last)) WITHOUT ROWID
        """)
  }
}

/// What a store of a shard is to hold of a request: the methods from `first` up to `last`.
struct Assignment {
  let place: RequestPlace
  let methods: Range<Int>

  init(_ row: StoredRow) throws(StoreDamage) {
    place = try RequestPlace(row)
    let (first, last): (Int, Int) = (try row.value("first"), try row.value("last"))
    guard first <= last else {
      throw StoreDamage("assignment", "last", found: "\(last)", expected: "\(first) or more")
    }
    methods = first..<last
  }
}
