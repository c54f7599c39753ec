internal import COpenBLAS

/// Matrix products through OpenBLAS: the one file that imports it.
///
/// OpenBLAS runs on the calling thread: parallelism is over units of work one level up, where its cut does not
/// depend on the number of threads.
enum MatrixProduct {
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// The processor type OpenBLAS chose its kernels for, such as `SkylakeX`.
  static var coreType: String { String(cString: openblas_get_corename()) }

  /// C = A B + beta C for row-major matrices, with `A` of size m x k and `B` of size k x n after transposition.
  static func multiply(
    rows m: Int, columns n: Int, inner k: Int,
    _ a: UnsafePointer<Float>, transposed transposeA: Bool = false, pitch lda: Int,
    _ b: UnsafePointer<Float>, transposed transposeB: Bool = false, pitch ldb: Int,
    into c: UnsafeMutablePointer<Float>, pitch ldc: Int, beta: Float = 0
  ) {
    _ = singleThreaded
    guard m > 0, n > 0 else { return }
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), 1, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
  }
}
