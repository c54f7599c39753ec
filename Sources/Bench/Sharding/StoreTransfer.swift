internal import Foundation
internal import GRDB

/// Copies units with everything that hangs on them from one store into another, whose rows have other numbers.
///
/// Both stores are seen by one connection: the one that is written to is `main`, the other is attached as `other`. What is in both
/// is compared, and must be equal.
struct StoreTransfer {
  /// The path of the store that is read, for messages.
  let source: String

  /// Why two stores cannot be put together: the same unit, and not the same result.
  struct Difference: Error, Equatable {
    let unit: Digest
    /// The metric's key; nil if the method's answer differs.
    let metric: Digest?
    let here: String
    let there: String
  }

  /// Runs `body` with another store attached.
  static func with<T>(
    _ source: String, attachedTo database: DatabaseQueue, _ body: (Database) throws -> T
  ) throws -> T {
    try database.inDatabase { db in
      try db.execute(
        sql: "ATTACH DATABASE ? AS other", arguments: [ResultStore.readableAddress(of: source)])
      // Where the body ended within a transaction, GRDB has rolled it back before this.
      defer { try? db.execute(sql: "DETACH DATABASE other") }
      return try body(db)
    }
  }

  /// Checks the other store, and maps its numbers of metrics and axes to this one's, adding those that are not there.
  ///
  /// - Throws: `StoreDamage` if the other store is damaged: rows are copied by SQLite, which looks at no cell.
  func prepare(_ db: Database) throws {
    try StoreTable.verify(db, schema: "other")
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO metrics (key, text) SELECT key, text FROM other.metrics ORDER BY id;
        INSERT OR IGNORE INTO axes (key, text) SELECT key, text FROM other.axes ORDER BY id;
        DROP TABLE IF EXISTS temp.metric_numbers;
        DROP TABLE IF EXISTS temp.axis_numbers;
        DROP TABLE IF EXISTS temp.chosen;
        CREATE TEMP TABLE metric_numbers AS
          SELECT o.id AS other, m.id AS own FROM other.metrics o JOIN main.metrics m ON m.key = o.key;
        CREATE TEMP TABLE axis_numbers AS
          SELECT o.id AS other, m.id AS own FROM other.axes o JOIN main.axes m ON m.key = o.key;
        CREATE UNIQUE INDEX temp.metric_numbers_other ON metric_numbers (other);
        CREATE UNIQUE INDEX temp.axis_numbers_other ON axis_numbers (other);
        CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY, own INTEGER, present INTEGER NOT NULL DEFAULT 0);
        """)
  }

  /// Chooses the next units of the other store, by number.
  ///
  /// - Returns: The last number chosen; nil if none is left.
  func choose(after last: Int, count: Int, _ db: Database) throws -> Int? {
    try db.execute(sql: "DELETE FROM temp.chosen")
    try db.execute(
      sql: "INSERT INTO temp.chosen (id) SELECT id FROM other.units WHERE id > ? ORDER BY id LIMIT ?",
      arguments: [last, count])
    return try StoredRow.cell(db, in: "units", "id", "SELECT MAX(id) FROM temp.chosen")
  }

  /// Chooses units of the other store by their keys; those that it does not have are left out.
  func choose(_ keys: [Digest], _ db: Database) throws {
    try db.execute(sql: "DELETE FROM temp.chosen")
    let insert = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO temp.chosen (id) SELECT id FROM other.units WHERE key = ?")
    for key in keys { try insert.execute(arguments: [key.data]) }
  }

  /// Copies what is chosen; within a transaction of the caller's.
  ///
  /// - Returns: How many units were there already.
  /// - Throws: `Difference` where one was there with another result.
  func copyChosen(_ db: Database) throws -> Int {
    try db.execute(
      sql: """
        UPDATE temp.chosen SET present = 1, own = m.id
          FROM other.units u JOIN main.units m ON m.key = u.key WHERE u.id = chosen.id
        """)
    let present = db.changesCount
    let base: Int = try StoredRow.cell(db, in: "units", "id", "SELECT MAX(id) FROM main.units") ?? 0
    try db.execute(
      sql: """
        UPDATE temp.chosen SET own = n.place FROM (
          SELECT id, ? + ROW_NUMBER() OVER (ORDER BY id) AS place FROM temp.chosen WHERE NOT present) n
          WHERE n.id = chosen.id
        """, arguments: [base])
    if present > 0 { try compare(db) }
    try db.execute(sql: Self.copying)
    return present
  }

  /// In the order of the primary keys, so that new rows go to the end of their tables; units in that of the digests they are kept
  /// under, whose index is the only place that rows are scattered over: a transaction then changes each of its pages once.
  private static let copying = """
    INSERT INTO main.units (id, key, outcome, reason, forward, backward, matched, defect)
      SELECT c.own, u.key, u.outcome, u.reason, u.forward, u.backward, u.matched, u.defect
      FROM temp.chosen c CROSS JOIN other.units u ON u.id = c.id WHERE NOT c.present ORDER BY u.key;
    INSERT OR IGNORE INTO main.scores
      SELECT c.own, n.own, s.part, s.outcome, s.value, s.reason
      FROM temp.chosen c CROSS JOIN other.scores s ON s.unit = c.id
        CROSS JOIN temp.metric_numbers n ON n.other = s.metric ORDER BY c.id;
    INSERT OR IGNORE INTO main.curves
      SELECT c.own, n.own, s.part, a.own, s.y
      FROM temp.chosen c CROSS JOIN other.curves s ON s.unit = c.id
        CROSS JOIN temp.metric_numbers n ON n.other = s.metric
        CROSS JOIN temp.axis_numbers a ON a.other = s.axis ORDER BY c.id;
    INSERT OR IGNORE INTO main.maps
      SELECT c.own, m.shape, m.floats FROM temp.chosen c CROSS JOIN other.maps m ON m.unit = c.id ORDER BY c.id;
    """

  /// Compares what is in both stores.
  private func compare(_ db: Database) throws {
    for query in Self.comparisons {
      guard let row = try StoredRow.first(db, in: "units", query) else { continue }
      throw Difference(
        unit: try row.value("unit"), metric: try row.optional("metric"),
        here: try row.optional("here") ?? "nothing", there: try row.optional("there") ?? "nothing")
    }
  }

  private static let comparisons = [
    """
    SELECT u.key AS unit, NULL AS metric,
      printf('outcome %d, %d and %d passes, %s', m.outcome, m.forward, m.backward, COALESCE(m.reason, m.defect, '')) AS here,
      printf('outcome %d, %d and %d passes, %s', u.outcome, u.forward, u.backward, COALESCE(u.reason, u.defect, '')) AS there
    FROM temp.chosen c JOIN other.units u ON u.id = c.id JOIN main.units m ON m.id = c.own
    WHERE c.present AND NOT (u.outcome IS m.outcome AND u.reason IS m.reason AND u.forward IS m.forward
      AND u.backward IS m.backward AND u.matched IS m.matched AND u.defect IS m.defect) LIMIT 1
    """,
    """
    SELECT u.key AS unit, k.key AS metric, printf('%!.17g %s', o.value, COALESCE(o.reason, '')) AS here,
      printf('%!.17g %s', s.value, COALESCE(s.reason, '')) AS there
    FROM temp.chosen c JOIN other.units u ON u.id = c.id JOIN other.scores s ON s.unit = c.id
      JOIN temp.metric_numbers n ON n.other = s.metric JOIN other.metrics k ON k.id = s.metric
      JOIN main.scores o ON o.unit = c.own AND o.metric = n.own AND o.part = s.part
    WHERE c.present AND NOT (o.value IS s.value AND o.outcome IS s.outcome AND o.reason IS s.reason) LIMIT 1
    """,
    """
    SELECT u.key AS unit, k.key AS metric, 'one curve' AS here, 'another' AS there
    FROM temp.chosen c JOIN other.units u ON u.id = c.id JOIN other.curves s ON s.unit = c.id
      JOIN temp.metric_numbers n ON n.other = s.metric JOIN other.metrics k ON k.id = s.metric
      JOIN temp.axis_numbers a ON a.other = s.axis
      JOIN main.curves o ON o.unit = c.own AND o.metric = n.own AND o.part = s.part
    WHERE c.present AND NOT (o.y IS s.y AND o.axis IS a.own) LIMIT 1
    """,
    """
    SELECT u.key AS unit, NULL AS metric, 'one map' AS here, 'another' AS there
    FROM temp.chosen c JOIN other.units u ON u.id = c.id JOIN other.maps s ON s.unit = c.id
      JOIN main.maps o ON o.unit = c.own
    WHERE c.present AND NOT (o.shape IS s.shape AND o.floats IS s.floats) LIMIT 1
    """,
  ]

  /// Copies the requests and images of the other store, all or those of some places.
  ///
  /// A request that could be asked stands before one that failed.
  /// - Throws: `PixelDifference` if a request has other pixels.
  func copyRequests(_ db: Database, at place: RequestPlace? = nil) throws {
    let filter = place == nil ? "true" : "q.model = :model AND q.image = :image AND q.target = :target"
    let arguments: StatementArguments =
      place.map { ["model": $0.model, "image": $0.image, "target": $0.target] } ?? [:]
    let clash = try StoredRow.first(
      db, in: "requests",
      """
      SELECT q.model, q.image, q.target FROM other.requests q
        JOIN main.requests o ON o.model = q.model AND o.image = q.image AND o.target = q.target
      WHERE \(filter) AND q.outcome = 0 AND o.outcome = 0
        AND NOT (q.pixels IS o.pixels AND q.annotations IS o.annotations AND q.class IS o.class) LIMIT 1
      """, arguments)
    if let clash { throw PixelDifference(place: try RequestPlace(clash), source: source) }
    try db.execute(
      sql: """
        INSERT INTO main.requests SELECT q.* FROM other.requests q WHERE \(filter)
          ON CONFLICT DO UPDATE SET stamp = excluded.stamp, outcome = excluded.outcome, reason = excluded.reason,
            class = excluded.class, class_name = excluded.class_name, probability = excluded.probability,
            pixels = excluded.pixels, annotations = excluded.annotations WHERE outcome = 2
        """, arguments: arguments)
    for table in ["pictures", "annotations"] {
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO main.\(table) SELECT p.* FROM other.\(table) p
          \(place == nil ? "" : "WHERE p.model = ? AND p.image = ?")
          """, arguments: place.map { [$0.model, $0.image] } ?? [])
    }
  }

  /// One request with different pixels.
  struct PixelDifference: Error, Equatable {
    let place: RequestPlace
    let source: String
  }
}
