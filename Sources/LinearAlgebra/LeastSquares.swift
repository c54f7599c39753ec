/// The solution X of the smallest norm that makes ||A X - B|| smallest, by LAPACK's `dgelsd` (SVD).
///
/// It exists for every A, whatever its shape and rank.
public struct LeastSquares: Sendable {
  /// X, `n x r`.
  public let solution: Matrix
  /// The number of singular values of A above `tolerance` times the largest; the others count as 0.
  public let rank: Int

  /// Solves for each column of the right side.
  ///
  /// - Parameters:
  ///   - matrix: A, `m x n`.
  ///   - rightSide: B, `m x r`.
  ///   - tolerance: The smallest singular value that counts, relative to the largest.
  /// - Precondition: A and B have equally many rows.
  /// - Throws: `LinearAlgebraError`.
  /// - Complexity: O(m n min(m, n)).
  public init(
    _ matrix: Matrix, _ rightSide: Matrix, tolerance: Double = 1e-12
  ) throws(LinearAlgebraError) {
    precondition(matrix.rows == rightSide.rows, "\(rightSide.rows) rows on the right of \(matrix.rows)")
    try matrix.check()
    try rightSide.check()
    let library = try OpenBLAS.library()
    let (height, width) = (max(matrix.rows, matrix.columns), rightSide.columns)
    var (a, s) = (
      matrix.transposed.values, [Double](repeating: 0, count: min(matrix.rows, matrix.columns))
    )
    var b = [Double](repeating: 0, count: height * width)
    for column in 0..<width {
      for row in 0..<rightSide.rows { b[column * height + row] = rightSide[row, column] }
    }
    var (m, n, r) = (Int32(matrix.rows), Int32(matrix.columns), Int32(width))
    var (lda, ldb) = (m, Int32(height))
    var (smallest, found): (Double, Int32) = (tolerance, 0)
    try OpenBLAS.run(
      "dgelsd",
      { work, size, integers, _, info in
        library.dgelsd(
          &m, &n, &r, &a, &lda, &b, &ldb, &s, &smallest, &found, work, size, integers, info)
      }, integers: 1)
    rank = Int(found)
    var x = Matrix(
      rows: matrix.columns, columns: width, values: [Double](repeating: 0, count: matrix.columns * width))
    for column in 0..<width {
      for row in 0..<matrix.columns { x[row, column] = b[column * height + row] }
    }
    solution = x
  }
}
