/// A decomposition that cannot be computed.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// OpenBLAS is not installed, or lacks a function; `reason` is the loader's message.
  case libraryMissing(reason: String)
  /// An element of the matrix is NaN or infinite.
  case notFinite(row: Int, column: Int)
  /// The matrix has more rows or columns than are decomposed.
  case tooLarge(rows: Int, columns: Int)
  /// The iteration of a LAPACK routine did not converge; `info` is the routine's code.
  case noConvergence(routine: String, info: Int)

  public var description: String {
    switch self {
    case .libraryMissing(let reason):
      "libopenblas.so.0: found no usable library (\(reason)), expected OpenBLAS. Try `apt install libopenblas0`"
    case .notFinite(let row, let column):
      "matrix: found NaN or infinity in row \(row), column \(column), expected finite numbers"
    case .tooLarge(let rows, let columns):
      "matrix: found \(rows) x \(columns) elements, expected at most 10000 rows and columns"
    case .noConvergence(let routine, let info):
      "\(routine): found no convergence (code \(info)), expected a result. Try a matrix with smaller numbers"
    }
  }
}
