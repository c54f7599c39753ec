internal import Foundation
internal import GRDB
internal import Metrics
internal import SaliencyCore

extension ResultStore {
  /// The missing results of units: for each, the metrics without a value, and whether its map is missing.
  struct Missing: Sendable, Equatable {
    /// The unit itself has not been computed.
    var isNew = false
    var metrics: Set<Digest> = []
    var map = false

    var isNothing: Bool { !isNew && metrics.isEmpty && !map }
  }

  /// - Parameter wanted: For each unit its metrics, and whether its map is to be kept.
  func missing(
    _ wanted: [(unit: Digest, metrics: [Digest], map: Bool)]
  ) throws(StoreError) -> [Missing] {
    try read { db in
      try wanted.map { unit, metrics, map in
        let row = try StoredRow.first(
          db, in: "units", "SELECT id, outcome FROM units WHERE key = ?", [unit.data])
        guard let row else { return Missing(isNew: true, metrics: Set(metrics), map: map) }
        // A failed unit has no metric values.
        let outcome: Outcome = try row.value("outcome")
        guard outcome == .done else { return Missing() }
        let id: Int = try row.value("id")
        var present: Set<Digest> = []
        try StoredRow.each(
          db, in: "metrics",
          "SELECT m.key FROM scores s JOIN metrics m ON m.id = s.metric WHERE s.unit = ? AND s.part = 0", [id]
        ) { present.insert(try $0.value("key", at: 0)) }
        let hasMap =
          try !map || StoredRow.first(db, in: "maps", "SELECT 1 FROM maps WHERE unit = ?", [id]) != nil
        return Missing(metrics: Set(metrics).subtracting(present), map: !hasMap)
      }
    }
  }

  /// Names the metrics, so that scores can refer to them.
  func register(metrics: [(key: Digest, text: String)]) throws(StoreError) {
    try write { db in
      for (key, text) in metrics {
        try db.execute(
          sql: "INSERT OR IGNORE INTO metrics (key, text) VALUES (?, ?)", arguments: [key.data, text])
      }
    }
  }

  /// Writes a unit, or adds scores and a map to one that is there.
  func save(_ unit: UnitResult) throws(StoreError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO units (key, outcome, reason, forward, backward, matched, defect)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          unit.key.data, unit.outcome.rawValue, unit.reason, unit.passes.forward, unit.passes.backward,
          unit.matched, unit.defect,
        ])
      guard
        let id: Int = try StoredRow.cell(
          db, in: "units", "id", "SELECT id FROM units WHERE key = ?", [unit.key.data])
      else { return }
      for (metric, result) in unit.scores.sorted(by: { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) })
      {
        let metricID = try Self.id(of: metric, db)
        try Self.save(result, unit: id, metric: metricID, db)
      }
      if let map = unit.map {
        try db.execute(
          sql: "INSERT OR IGNORE INTO maps VALUES (?, ?, ?)",
          arguments: [id, map.shape.map(String.init).joined(separator: " "), Data(floats: map.values)])
      }
    }
  }

  private static func id(of metric: Digest, _ db: Database) throws -> Int {
    guard let found = try number(of: metric, db) else {
      throw StoreError.failed(path: "store.sqlite", reason: "a metric was not registered")
    }
    return found
  }

  /// The number that a store gives to a metric; nil if it has none of it.
  static func number(of metric: Digest, _ db: Database) throws -> Int? {
    try StoredRow.cell(db, in: "metrics", "id", "SELECT id FROM metrics WHERE key = ?", [metric.data])
  }

  private static func save(_ result: ScoreResult, unit: Int, metric: Int, _ db: Database) throws {
    let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO scores VALUES (?, ?, ?, ?, ?, ?)")
    for (part, value) in result.score.values.enumerated() {
      // A value that is missing for a reason, in a score that has others.
      let outcome = value == nil && result.outcome == .done ? .notApplicable : result.outcome
      try insert.execute(arguments: [
        unit, metric, part, outcome.rawValue, value, outcome == .done ? nil : result.score.reason,
      ])
    }
    for (part, curve) in result.score.curves.enumerated() {
      let axis = try Self.axis(of: curve, db)
      try db.execute(
        sql: "INSERT OR IGNORE INTO curves VALUES (?, ?, ?, ?, ?)",
        arguments: [unit, metric, part, axis, Data(floats: curve.y.map { $0.map(Float.init) ?? .nan })])
    }
  }

  /// The axis of a curve, which all curves of its kind share: everything but its y.
  private static func axis(of curve: Curve, _ db: Database) throws -> Int {
    var bare = curve
    bare.y = Array(repeating: nil, count: curve.x.count)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(bare), as: UTF8.self)
    let key = Digest(of: text)
    try db.execute(sql: "INSERT OR IGNORE INTO axes (key, text) VALUES (?, ?)", arguments: [key.data, text])
    return try StoredRow.cell(db, in: "axes", "id", "SELECT id FROM axes WHERE key = ?", [key.data]) ?? 0
  }
}
