import ArgumentParser
import Foundation
import GRDB

/// Stores of runs in which one cell, or all cells of one column, hold something else.
struct StoreCategory: FuzzCategory {
  static let name = "store"
  static let about = "cells of every table of store.sqlite, for tables, report, bench and merge"
  static let weight = 40

  private struct Column {
    var table: String
    var name: String
    /// The columns that identify a row.
    var keys: [String]
    var rows: Int
  }

  private enum Reader: String, CaseIterable { case tables, report, bench, merge }

  private let material: FuzzMaterial
  private let columns: [Column]
  private let base: String

  private static let values: [(name: String, value: DatabaseValue)] = [
    ("NULL", .null), ("-1", (-1).databaseValue), ("0", 0.databaseValue), ("3", 3.databaseValue),
    ("2^31", (1 << 31).databaseValue), ("2^62", (1 << 62).databaseValue), ("2^63 - 1", Int.max.databaseValue),
    ("-2^63", Int.min.databaseValue), ("1e308", 1e308.databaseValue), ("-1e308", (-1e308).databaseValue),
    ("infinity", Double.infinity.databaseValue), ("0.5", 0.5.databaseValue), ("text", "text".databaseValue),
    ("an empty text", "".databaseValue), ("text NaN", "NaN".databaseValue), ("text [", "[".databaseValue),
    ("text {}", "{}".databaseValue), ("text [1e999]", "[1e999]".databaseValue),
    ("text with a NUL", "a\u{0}b".databaseValue),
    ("a long text", String(repeating: "long ", count: 50_000).databaseValue),
    ("an empty blob", Data().databaseValue),
    ("a blob of 1 byte", Data([0xFF]).databaseValue),
    ("a blob of 32 bytes", Data(repeating: 7, count: 32).databaseValue),
    ("a blob of 1 MB", Data(repeating: 0xFF, count: 1 << 20).databaseValue),
  ]

  private static let experiment = """
    name: run
    models: [scenes-gap]
    images: scenes-test[200..<203]
    targets: [top, annotated]
    methods: [gradient, grad-cam]
    controls: random
    metrics: [deletion(step=2304), pointing-game, relevance-mass, box-localisation]
    statistics: { resamples: 100, permutations: 100 }
    gallery: 1
    """

  init?(_ material: FuzzMaterial) throws {
    self.material = material
    base = material.scratch + "/store"
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
    let experiment = base + "/experiment.yaml"
    try Array(Self.experiment.utf8).write(to: experiment)
    try material.saliency("bench", experiment, "--output", base + "/run")
    for shard in ["1/2", "2/2"] {
      try material.saliency("bench", experiment, "--output", base + "/parts", "--shard", shard)
    }
    columns = try Self.columns(of: Self.relaxed(base + "/run/store.sqlite"))
    for part in try Self.parts(of: base) { try Self.relaxed(part + "/store.sqlite").close() }
    if columns.isEmpty { return nil }
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let readers = Reader.allCases
    let count = columns.count * Self.values.count * readers.count
    var place = MutantRandom.place(of: number, among: count, seed: material.seed)
    func take<T>(_ list: [T]) -> T {
      defer { place /= list.count }
      return list[place % list.count]
    }
    let (reader, column, value) = (take(readers), take(columns), take(Self.values))
    let stores = try Self.copy(reader == .merge ? Self.parts(of: base) : [base + "/run"], to: folder)
    if reader == .bench { try Array(Self.experiment.utf8).write(to: folder + "/experiment.yaml") }
    let row = random.once(in: 2) ? nil : random.integer(below: max(column.rows, 1))
    let damaged = stores[random.integer(below: stores.count)] + "/store.sqlite"
    try Self.set(column, to: value.value, inRow: row, of: damaged)
    return Mutant(
      change: "\(column.table).\(column.name)\(row.map { " of row \($0)" } ?? "") = \(value.name)",
      command: command(reader, stores, in: folder))
  }

  private func command(_ reader: Reader, _ stores: [String], in folder: String) -> ShellCommand {
    switch reader {
    case .tables: ShellCommand("tables", stores[0])
    case .report: ShellCommand("report", stores[0])
    case .bench: ShellCommand("bench", folder + "/experiment.yaml", "--output", stores[0])
    case .merge: ShellCommand(["merge"] + stores + ["--output", folder + "/merged"])
    }
  }
}

extension StoreCategory {
  private static func parts(of base: String) throws -> [String] {
    let folder = base + "/parts/shards"
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
      .filter { FileManager.default.fileExists(atPath: $0 + "/store.sqlite") }
  }

  /// Copies the stores of runs, without the files that were made of them.
  private static func copy(_ runs: [String], to folder: String) throws -> [String] {
    try runs.enumerated().map { number, run in
      let copy = "\(folder)/run-\(number + 1)"
      try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: run + "/store.sqlite", toPath: copy + "/store.sqlite")
      return copy
    }
  }

  /// Opens a store whose tables then take anything: a file that was not written by this program may hold anything.
  private static func relaxed(_ path: String) throws -> DatabaseQueue {
    let store = try DatabaseQueue(path: path)
    try store.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
      try db.execute(
        sql: """
          PRAGMA writable_schema = ON;
          UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table';
          PRAGMA writable_schema = RESET;
          """)
    }
    return store
  }

  private static func columns(of store: DatabaseQueue) throws -> [Column] {
    let found = try store.read { db in
      try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .flatMap { table in
          let rows = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
          let info = try Row.fetchAll(db, sql: "PRAGMA table_info(\(table))")
          let keys = info.filter { ($0["pk"] as Int? ?? 0) > 0 }.compactMap { $0["name"] as String? }
          return info.compactMap { $0["name"] as String? }.map {
            Column(table: table, name: $0, keys: keys, rows: rows)
          }
        }
    }
    try store.close()
    return found.filter { $0.rows > 0 && !$0.keys.isEmpty }
  }

  /// Sets a column in one row, or in all; where values must differ, rows that would be the same go.
  private static func set(_ column: Column, to value: DatabaseValue, inRow row: Int?, of path: String) throws
  {
    let store = try DatabaseQueue(path: path)
    let keys = column.keys.joined(separator: ", ")
    let place = row.map {
      "WHERE (\(keys)) = (SELECT \(keys) FROM \(column.table) ORDER BY \(keys) LIMIT 1 OFFSET \($0))"
    }
    try store.write { db in
      do {
        try db.execute(
          sql: "UPDATE OR REPLACE \(column.table) SET \(column.name) = ? \(place ?? "")", arguments: [value])
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_MISMATCH || error.resultCode == .SQLITE_CONSTRAINT
      {
        // The number of a row can be nothing but a whole number.
      }
    }
    try store.close()
  }
}
