internal import COpenBLAS
internal import Foundation

/// Matrix products through OpenBLAS: the one file that imports it.
///
/// OpenBLAS runs on the calling thread: parallelism is over units of work one level up, where its cut does not
/// depend on the number of threads.
enum MatrixProduct {
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// Ends the threads that OpenBLAS starts when it is loaded, one a processor.
  ///
  /// Nothing here uses them, and before they sleep they turn for some tens of milliseconds on the processors that the first
  /// layers want. Not every build of OpenBLAS has threads of its own: where there is nothing to end, nothing happens.
  static func endWorkers() {
    _ = singleThreaded
    guard let symbol = dlsym(nil, "blas_thread_shutdown_") else { return }
    _ = unsafeBitCast(symbol, to: (@convention(c) () -> CInt).self)()
  }

  /// The processor type OpenBLAS chose its kernels for, such as `SkylakeX`.
  static var coreType: String { String(cString: openblas_get_corename()) }

  /// A row-major matrix in memory; `transposed` where it is to be read the other way round.
  struct Operand {
    let start: UnsafePointer<Float>
    let pitch: Int
    let transposed: Bool

    init(_ start: UnsafePointer<Float>, pitch: Int, transposed: Bool = false) {
      self.start = start
      self.pitch = pitch
      self.transposed = transposed
    }
  }

  /// C = A B + beta C for row-major matrices, with `A` of size m x k and `B` of size k x n as they are read.
  static func multiply(
    rows m: Int, columns n: Int, inner k: Int, _ a: Operand, _ b: Operand,
    into c: UnsafeMutablePointer<Float>, pitch: Int, beta: Float = 0
  ) {
    _ = singleThreaded
    guard m > 0, n > 0 else { return }
    cblas_sgemm(
      CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), 1, a.start, blasint(a.pitch), b.start, blasint(b.pitch), beta, c,
      blasint(pitch))
  }
}
