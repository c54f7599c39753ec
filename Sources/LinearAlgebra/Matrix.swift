/// A dense matrix of 64-bit floats, row major.
public struct Matrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The elements, row by row.
  public var values: [Double]

  /// A matrix of the given elements, row by row.
  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(rows > 0 && columns > 0, "a matrix has rows and columns, not \(rows) x \(columns)")
    precondition(values.count == rows * columns, "\(values.count) numbers for \(rows) x \(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// A matrix of the given rows.
  public init(_ rows: [[Double]]) {
    self.init(rows: rows.count, columns: rows.first?.count ?? 0, values: rows.flatMap(\.self))
  }

  /// The element of a row and a column.
  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The matrix with rows and columns exchanged.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows, values: values)
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The product of two matrices, each element summed in order.
  public static func * (a: Matrix, b: Matrix) -> Matrix {
    precondition(a.columns == b.rows, "\(a.rows) x \(a.columns) times \(b.rows) x \(b.columns)")
    var result = Matrix(
      rows: a.rows, columns: b.columns, values: [Double](repeating: 0, count: a.rows * b.columns))
    for i in 0..<a.rows {
      for k in 0..<a.columns {
        for j in 0..<b.columns { result[i, j] += a[i, k] * b[k, j] }
      }
    }
    return result
  }

  /// Checks that LAPACK can take the matrix.
  ///
  /// - Throws: `LinearAlgebraError.notFinite` or `.tooLarge`.
  func check() throws(LinearAlgebraError) {
    guard max(rows, columns) <= Self.longestSide else { throw .tooLarge(rows: rows, columns: columns) }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(row: place / columns, column: place % columns)
    }
  }

  /// LAPACK counts in 32 bits, and its workspace has about four times as many elements as the matrix.
  private static let longestSide = 10_000
}
