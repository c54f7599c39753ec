internal import Foundation
internal import GRDB

/// A table of a store with the type of each column.
struct StoreTable: Sendable {
  struct Column: Sendable {
    let name: String
    let type: any StoredValue.Type
    /// Whether a cell may be empty.
    let isOptional: Bool

    init(_ name: String, _ type: any StoredValue.Type, isOptional: Bool = false) {
      self.name = name
      self.type = type
      self.isOptional = isOptional
    }

    var condition: String {
      let full = "(\(type.condition(name)))"
      return isOptional ? "(\(name) IS NULL OR \(full))" : full
    }
  }

  let name: String
  let columns: [Column]

  init(_ name: String, _ columns: Column...) {
    self.name = name
    self.columns = columns
  }
}

extension StoreTable {
  static let all = [
    StoreTable("meta", Column("key", String.self), Column("value", String.self)),
    StoreTable(
      "requests", Column("model", Int.self), Column("image", Int.self), Column("target", String.self),
      Column("stamp", String.self), Column("outcome", Outcome.self),
      Column("reason", String.self, isOptional: true), Column("class", Int.self, isOptional: true),
      Column("class_name", String.self, isOptional: true),
      Column("probability", Double.self, isOptional: true), Column("pixels", Digest.self, isOptional: true),
      Column("annotations", Digest.self, isOptional: true)),
    StoreTable(
      "units", Column("id", Int.self), Column("key", Digest.self), Column("outcome", Outcome.self),
      Column("reason", String.self, isOptional: true), Column("forward", Int.self),
      Column("backward", Int.self), Column("matched", Int.self, isOptional: true),
      Column("defect", String.self, isOptional: true)),
    StoreTable("metrics", Column("id", Int.self), Column("key", Digest.self), Column("text", String.self)),
    StoreTable(
      "scores", Column("unit", Int.self), Column("metric", Int.self), Column("part", Int.self),
      Column("outcome", Outcome.self), Column("value", Double.self, isOptional: true),
      Column("reason", String.self, isOptional: true)),
    StoreTable("axes", Column("id", Int.self), Column("key", Digest.self), Column("text", String.self)),
    StoreTable(
      "curves", Column("unit", Int.self), Column("metric", Int.self), Column("part", Int.self),
      Column("axis", Int.self), Column("y", [Float].self)),
    StoreTable(
      "maps", Column("unit", Int.self), Column("shape", String.self), Column("floats", [Float].self)),
    StoreTable("pictures", Column("model", Int.self), Column("image", Int.self), Column("png", Data.self)),
    StoreTable(
      "annotations", Column("model", Int.self), Column("image", Int.self), Column("text", String.self)),
    StoreTable("costs", Column("key", Digest.self), Column("seconds", Double.self), Column("peak", Int.self)),
    StoreTable("figure_values", Column("key", Digest.self), Column("text", String.self)),
    StoreTable(
      "figure_maps", Column("key", Digest.self), Column("shape", String.self),
      Column("floats", [Float].self), Column("matched", Int.self, isOptional: true),
      Column("gap", Double.self, isOptional: true)),
    StoreTable(
      "claims", Column("key", String.self), Column("place", String.self), Column("pid", Int.self),
      Column("started", String.self), Column("expires", Double.self)),
    StoreTable(
      "assignment", Column("model", Int.self), Column("image", Int.self), Column("target", String.self),
      Column("first", Int.self), Column("last", Int.self)),
  ]

  /// Checks every cell of a store, by one scan of each table.
  ///
  /// - Parameter schema: The name under which SQLite knows the store: `main`, or that of an attached one.
  /// - Throws: `StoreDamage` with the first cell that holds what no run writes.
  static func verify(_ db: Database, schema: String = "main") throws {
    let present = try Set(String.fetchAll(db, sql: "SELECT name FROM \(schema).sqlite_master"))
    for table in all where present.contains(table.name) {
      let rule = table.columns.map(\.condition).joined(separator: " AND ")
      let names = table.columns.map(\.name).joined(separator: ", ")
      let sql = "SELECT \(names) FROM \(schema).\(table.name) WHERE NOT (\(rule)) LIMIT 1"
      guard let row = try Row.fetchOne(db, sql: sql) else { continue }
      for column in table.columns { try column.type.verify(StoredRow(table.name, row), column) }
    }
  }
}

extension StoredValue {
  /// Checks a cell as one of this type.
  fileprivate static func verify(_ row: StoredRow, _ column: StoreTable.Column) throws(StoreDamage) {
    let _: Self? = column.isOptional ? try row.optional(column.name) : try row.value(column.name)
  }
}
