import Foundation
import GRDB
import SaliencyCore
import Testing

@testable import Bench
@testable import Metrics

/// Stores in which a cell was changed: an error that names it, and never a trap.
@Suite struct StoreDamageTests {
  /// A finished run with every kind of row.
  static func tiny() throws -> TinyRun {
    let tiny = try TinyRun()
    try tiny.run(experiment(tiny))
    return tiny
  }

  static func experiment(_ tiny: TinyRun) throws -> Experiment {
    try tiny.experiment { $0 + "\nmaps: all\nfigure: { rows: image, columns: method, images: 1 }" }
  }

  static let expressions = [
    "NULL", "-1", "9223372036854775807", "3.5", "-1e308", "9e999", "'x'", "x'00ff00'", "zeroblob(32)",
  ]

  /// Changes one cell of a copy of a store, past all rules of its tables.
  ///
  /// - Returns: Whether SQLite took the value.
  static func change(_ table: String, _ column: String, to expression: String, in path: String) throws -> Bool
  {
    let queue = try patientQueue(path)
    let key = table == "units" || table == "metrics" || table == "axes" ? "id" : column
    do {
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
        try db.execute(
          sql:
            "UPDATE OR REPLACE \(table) SET \(column) = \(expression) WHERE \(key) = (SELECT MIN(\(key)) FROM \(table))"
        )
      }
      return true
    } catch is DatabaseError {
      return false
    }
  }

  /// What reading commands do with a store.
  private func complaints(_ folder: String) -> [String] {
    func complaint(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch {
        #expect(error is StoreError || error is MergeError, "\(type(of: error)): \(error)")
        return "\(error)"
      }
    }
    let run = RunFolder(folder)
    return [
      complaint { _ = try run.table(.csv, catalogs: standardCatalogs) },
      complaint {
        let store = try run.store()
        let results = try RunResults(store, catalogs: standardCatalogs)
        _ = RunTables(results).rowsCSV
        _ = try MeanCurves.all(of: results, in: store)
        let pictures = RunPictures(store: store, results: results)
        _ = try RunPanels(pictures: pictures).all()
        _ = try ReportGallery(pictures: pictures).html()
      },
      complaint { _ = try StoreMerge([folder], output: folder + "-merged").run() },
    ]
  }

  @Test func everyCellOfEveryTable() throws {
    let tiny = try Self.tiny()
    let whole = try Data(contentsOf: URL(fileURLWithPath: RunFolder(tiny.output).storePath))
    for table in StoreTable.all where !["assignment", "claims"].contains(table.name) {
      for column in table.columns {
        for expression in Self.expressions {
          let folder = try TemporaryFolder()
          let path = try folder.write(whole, to: "run/store.sqlite")
          guard try Self.change(table.name, column.name, to: expression, in: path) else { continue }
          let isRefused = (try? patientQueue(path).read { try StoreTable.verify($0) }) == nil
          let complaints = complaints(folder.path + "/run")
          guard isRefused else { continue }
          let place = "in table \(table.name), column \(column.name), "
          #expect(
            complaints.allSatisfy { $0.contains("the store is damaged: found ") && $0.contains(place) },
            "\(table.name).\(column.name) = \(expression): \(complaints)")
        }
      }
    }
  }

  /// A run that goes on in a damaged store.
  @Test(arguments: [
    ("requests", "class", "NULL"), ("requests", "pixels", "'x'"), ("units", "outcome", "7"),
    ("scores", "value", "'x'"), ("units", "forward", "-1"), ("costs", "seconds", "x'00'"),
  ]) func aRunDoesNotGoOn(_ table: String, _ column: String, _ expression: String) throws {
    let tiny = try Self.tiny()
    #expect(try Self.change(table, column, to: expression, in: RunFolder(tiny.output).storePath))
    let error = #expect(throws: StoreError.self) { try tiny.run(Self.experiment(tiny)) }
    #expect(
      error?.description.contains("in table \(table), column \(column), ") == true,
      "\(error.debugDescription)")
  }

  @Test func theRulesAreTheSameInSwiftAndInSQL() throws {
    let queue = try DatabaseQueue()
    let types: [any StoredValue.Type] = [
      Int.self, Double.self, String.self, Data.self, Digest.self, [Float].self, Outcome.self,
    ]
    try queue.read { db in
      for type in types {
        for expression in Self.expressions + ["0", "2", "1099511627776", "1099511627777", "0.0"] {
          let cell = try #require(try DatabaseValue.fetchOne(db, sql: "SELECT \(expression)"))
          let accepted = try Bool.fetchOne(
            db, sql: "SELECT \(type.condition("c")) FROM (SELECT \(expression) AS c)")
          #expect(accepted == (type.init(cell: cell) != nil), "\(type) \(expression)")
        }
      }
    }
  }

  @Test func whatAShardSaysOfItself() throws {
    let tiny = try TinyRun()
    for index in 1...2 { _ = try StoreMergeTests.shard(tiny, index, 2) }
    let path = try RunFolder(ShardFolder(tiny.output).folder(of: Shard(1, of: 2))).storePath
    for (key, value) in [
      ("progress-done", "1e300"), ("progress-done", "nan"), ("shard-units", "-1"), ("plan-units", "x"),
      ("progress-seconds", "inf"), ("progress-at", "never"),
    ] {
      let store = try ResultStore(path: path)
      let before = try store.meta(key)
      try store.setMeta([key: value])
      let error = #expect(throws: StoreError.self) { try RunStatus(of: tiny.output) }
      #expect(
        error?.description.contains("the store is damaged: found \"\(value)\" for key \(key) in table meta")
          == true,
        "\(error.debugDescription)")
      try store.setMeta([key: before ?? ""])
    }
  }

  /// Sums of squares of such numbers overflow.
  @Test func numbersWithoutASumOfSquares() throws {
    let tiny = try Self.tiny()
    try patientQueue(RunFolder(tiny.output).storePath).write {
      try $0.execute(sql: "UPDATE scores SET value = 1e151 WHERE value IS NOT NULL")
    }
    let error = #expect(throws: StoreError.self) { try tiny.tables() }
    #expect(
      error?.description.contains(
        "found 1e+151 in table scores, column value, expected a number from -1e150 to 1e150")
        == true, "\(error.debugDescription)")
    let score = Score([1e151, 0.5]).checkedForFiniteness()
    #expect(score.values == [nil, 0.5] && score.reason == "a number is not finite, or beyond 1e150")
  }

  @Test func aPipeIsNoStore() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/store.sqlite"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: StoreError.notAStore(path: path, reason: "it is a named pipe")) {
      try ResultStore(reading: path)
    }
  }

  @Test func anAssignmentThatEndsBeforeItBegins() throws {
    let tiny = try TinyRun()
    let folders = try (1...2).map { try StoreMergeTests.shard(tiny, $0, 2).folder }
    try patientQueue(folders[0] + "/store.sqlite").write { db in
      try db.execute(
        sql: """
          UPDATE meta SET value = 'stopped' WHERE key = 'progress-state';
          DELETE FROM units WHERE id = (SELECT MAX(id) FROM units);
          UPDATE assignment SET first = 3, last = 1;
          """)
    }
    #expect(throws: StoreError.self) { try StoreMerge(folders, output: tiny.output).run() }
  }

  @Test func aManifestOfSomethingElse() throws {
    let tiny = try Self.tiny()
    let store = try ResultStore(path: RunFolder(tiny.output).storePath)
    var manifest = try store.manifest()
    manifest.methods.removeLast()
    for text in [manifest.json, "{}", "", String(repeating: "[", count: 100_000)] {
      try store.setMeta(["manifest": text])
      let error = #expect(throws: StoreError.self) { try tiny.tables() }
      #expect(
        error?.description.contains("the store is damaged: found ") == true, "\(error.debugDescription)")
    }
  }
}
