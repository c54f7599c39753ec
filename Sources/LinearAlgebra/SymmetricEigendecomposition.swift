/// The eigenvalues and eigenvectors of a symmetric matrix: A = V diag(w) Vᵀ, by LAPACK's `dsyevd`.
public struct SymmetricEigendecomposition: Sendable {
  /// w, from the smallest.
  public let values: [Double]
  /// V: the eigenvector of `values[i]` is column i; the columns are orthonormal, with LAPACK's signs.
  public let vectors: Matrix

  /// Decomposes a symmetric matrix, of which only the lower triangle is read.
  ///
  /// - Precondition: The matrix is square.
  /// - Throws: `LinearAlgebraError`.
  /// - Complexity: O(n³).
  public init(of matrix: Matrix) throws(LinearAlgebraError) {
    precondition(matrix.rows == matrix.columns, "found \(matrix.rows) x \(matrix.columns), expected a square")
    try matrix.check()
    let library = try OpenBLAS.library()
    var (a, w) = (matrix.values, [Double](repeating: 0, count: matrix.rows))
    var n = Int32(matrix.rows)
    var lda = n
    // The lower triangle of rows is the upper triangle of LAPACK's columns.
    try OpenBLAS.run(
      "dsyevd",
      { work, size, integers, count, info in
        library.dsyevd("V", "U", &n, &a, &lda, &w, work, size, integers, count, info, 1, 1)
      }, integers: 1)
    values = w
    vectors = Matrix(rows: matrix.rows, columns: matrix.rows, values: a).transposed
  }
}
