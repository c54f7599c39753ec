internal import Foundation
internal import GRDB
internal import Metrics

/// What a column of a store holds.
///
/// Each type says once which cells it accepts: to Swift, and to SQL for whole tables.
protocol StoredValue: SendableMetatype {
  /// What a cell must hold, in words.
  static var expected: String { get }

  /// The value of a cell; nil if the cell holds something else.
  init?(cell: DatabaseValue)

  /// An SQL condition that is true of a column's cells that `init(cell:)` accepts.
  static func condition(_ column: String) -> String
}

/// Every number of a store is a count, an index or a size.
extension Int: StoredValue {
  /// Such that sums of a store's numbers do not overflow.
  private static let largest: Int64 = 1 << 40
  static var expected: String { "a whole number from 0 to 2^40" }

  init?(cell: DatabaseValue) {
    guard case .int64(let number) = cell.storage, (0...Self.largest).contains(number) else { return nil }
    self.init(number)
  }

  static func condition(_ column: String) -> String {
    "typeof(\(column)) = 'integer' AND \(column) BETWEEN 0 AND \(largest)"
  }
}

extension Double: StoredValue {
  static var expected: String { "a number from -1e150 to 1e150" }

  init?(cell: DatabaseValue) {
    guard case .double(let number) = cell.storage, number.isStorable else { return nil }
    self = number
  }

  static func condition(_ column: String) -> String {
    "typeof(\(column)) = 'real' AND abs(\(column)) <= \(largestStored)"
  }
}

extension String: StoredValue {
  static var expected: String { "a text" }

  init?(cell: DatabaseValue) {
    guard case .string(let text) = cell.storage else { return nil }
    self = text
  }

  static func condition(_ column: String) -> String { "typeof(\(column)) = 'text'" }
}

extension Data: StoredValue {
  static var expected: String { "bytes" }

  init?(cell: DatabaseValue) {
    guard case .blob(let data) = cell.storage else { return nil }
    self = data
  }

  static func condition(_ column: String) -> String { "typeof(\(column)) = 'blob'" }
}

extension Digest: StoredValue {
  static var expected: String { "a digest of 32 bytes" }

  init?(cell: DatabaseValue) {
    guard case .blob(let data) = cell.storage, data.count == 32 else { return nil }
    self.init(bytes: Array(data))
  }

  static func condition(_ column: String) -> String {
    "typeof(\(column)) = 'blob' AND length(\(column)) = 32"
  }
}

/// 32-bit floats, little endian; NaN for a value that is missing.
extension [Float]: StoredValue {
  static var expected: String { "32-bit floats" }

  init?(cell: DatabaseValue) {
    guard case .blob(let data) = cell.storage, data.count % 4 == 0 else { return nil }
    self = data.floats
  }

  static func condition(_ column: String) -> String {
    "typeof(\(column)) = 'blob' AND length(\(column)) % 4 = 0"
  }
}

extension Outcome: StoredValue {
  static var expected: String { "0, 1 or 2" }

  init?(cell: DatabaseValue) {
    guard let number = Int(cell: cell) else { return nil }
    self.init(rawValue: number)
  }

  static func condition(_ column: String) -> String {
    "typeof(\(column)) = 'integer' AND \(column) BETWEEN 0 AND 2"
  }
}

/// A cell of a store that holds what no run writes.
struct StoreDamage: Error, Equatable {
  let table: String
  let column: String
  let found: String
  let expected: String

  init(_ table: String, _ column: String, found: String, expected: String) {
    self.table = table
    self.column = column
    self.found = found
    self.expected = expected
  }

  fileprivate init(_ table: String, _ column: String, cell: DatabaseValue, expected: String) {
    let found =
      switch cell.storage {
      case .null: "nothing"
      case .int64(let number): "\(number)"
      case .double(let number): "\(number)"
      case .string(let text): "the text \"\(text.prefix(40))\""
      case .blob(let data): "\(data.count) bytes"
      }
    self.init(table, column, found: found, expected: expected)
  }
}

/// A row of a store.
///
/// Every cell that is read goes through it, so that a damaged one is an error and never a trap.
struct StoredRow {
  private let table: String
  private let row: Row

  init(_ table: String, _ row: Row) {
    self.table = table
    self.row = row
  }

  /// - Parameter index: The column's place in the row, for queries of many rows; by name if nil.
  /// - Throws: `StoreDamage`.
  func value<Value: StoredValue>(_ column: String, at index: Int? = nil) throws(StoreDamage) -> Value {
    let cell = cell(column, index)
    guard let value = Value(cell: cell) else {
      throw StoreDamage(table, column, cell: cell, expected: Value.expected)
    }
    return value
  }

  /// The value of a column that may be empty.
  func optional<Value: StoredValue>(_ column: String, at index: Int? = nil) throws(StoreDamage) -> Value? {
    cell(column, index).isNull ? nil : try value(column, at: index)
  }

  private func cell(_ column: String, _ index: Int?) -> DatabaseValue {
    if let index { return row[index] }
    let named: DatabaseValue? = row[column]
    return named ?? .null
  }
}

extension StoredRow {
  /// The first row of a query; nil if there is none.
  ///
  /// - Parameter table: The table that the query reads, for errors.
  static func first(
    _ db: Database, in table: String, _ sql: String, _ arguments: StatementArguments = StatementArguments()
  ) throws -> StoredRow? {
    try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments).map { StoredRow(table, $0) }
  }

  /// The rows of a query, one at a time; `body` must not keep them.
  static func each(
    _ db: Database, in table: String, _ sql: String, _ arguments: StatementArguments = StatementArguments(),
    _ body: (StoredRow) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    while let row = try rows.next() { try body(StoredRow(table, row)) }
  }

  /// One cell; nil if the query has no row, or the cell is empty.
  static func cell<Value: StoredValue>(
    _ db: Database, in table: String, _ column: String, _ sql: String,
    _ arguments: StatementArguments = StatementArguments()
  ) throws -> Value? {
    try first(db, in: table, sql, arguments)?.optional(column, at: 0)
  }
}
