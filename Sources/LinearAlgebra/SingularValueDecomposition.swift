/// The thin singular value decomposition of a matrix: A = U diag(s) Vᵀ, by LAPACK's `dgesdd`.
///
/// For A of m x n, with k = min(m, n): U is m x k with orthonormal columns, s has k numbers that fall and are not negative, Vᵀ is
/// k x n with orthonormal rows. The signs of the vectors are LAPACK's.
public struct SingularValueDecomposition: Sendable {
  /// U, `m x k`.
  public let left: Matrix
  /// s, from the largest.
  public let values: [Double]
  /// Vᵀ, `k x n`.
  public let rightTransposed: Matrix

  /// Decomposes a matrix.
  ///
  /// - Throws: `LinearAlgebraError`.
  /// - Complexity: O(m n min(m, n)).
  public init(of matrix: Matrix) throws(LinearAlgebraError) {
    try matrix.check()
    let library = try OpenBLAS.library()
    let count = min(matrix.rows, matrix.columns)
    // Row major, the matrix is its transpose to LAPACK, so that U and V change places.
    var (a, s) = (matrix.values, [Double](repeating: 0, count: count))
    var u = [Double](repeating: 0, count: matrix.columns * count)
    var vt = [Double](repeating: 0, count: count * matrix.rows)
    var (m, n, k) = (Int32(matrix.columns), Int32(matrix.rows), Int32(count))
    var (lda, ldu) = (m, m)
    try OpenBLAS.run(
      "dgesdd",
      { work, size, integers, _, info in
        library.dgesdd("S", &m, &n, &a, &lda, &s, &u, &ldu, &vt, &k, work, size, integers, info, 1)
      }, integers: 8 * count)
    values = s
    left = Matrix(rows: matrix.rows, columns: count, values: vt)
    rightTransposed = Matrix(rows: count, columns: matrix.columns, values: u)
  }

  /// The number of singular values above `tolerance` times the largest.
  public func rank(tolerance: Double = 1e-12) -> Int {
    values.count { $0 > tolerance * (values.first ?? 0) }
  }
}
