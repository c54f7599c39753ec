internal import Foundation

/// The LAPACK functions of OpenBLAS, loaded when they are first needed.
///
/// The program is not linked with OpenBLAS: the library starts a thread for each processor when it is loaded, and under a limit of
/// the address space each of them tries without end to allocate 128 MB. It is loaded here with one thread, so that results do not
/// depend on the number of threads.
struct OpenBLAS: Sendable {
  /// A Fortran integer.
  typealias Int32Pointer = UnsafeMutablePointer<Int32>
  typealias Numbers = UnsafeMutablePointer<Double>
  typealias Letter = UnsafePointer<CChar>

  /// `dgesdd(jobz, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork, iwork, info)`, then the length of `jobz`.
  typealias SVD =
    @convention(c) @Sendable (
      Letter, Int32Pointer, Int32Pointer, Numbers, Int32Pointer, Numbers, Numbers, Int32Pointer, Numbers,
      Int32Pointer, Numbers, Int32Pointer, Int32Pointer, Int32Pointer, Int
    ) -> Void
  /// `dsyevd(jobz, uplo, n, a, lda, w, work, lwork, iwork, liwork, info)`, then the lengths of `jobz` and `uplo`.
  typealias Eigenproblem =
    @convention(c) @Sendable (
      Letter, Letter, Int32Pointer, Numbers, Int32Pointer, Numbers, Numbers, Int32Pointer, Int32Pointer,
      Int32Pointer, Int32Pointer, Int, Int
    ) -> Void
  /// `dgelsd(m, n, nrhs, a, lda, b, ldb, s, rcond, rank, work, lwork, iwork, info)`.
  typealias LeastSquaresSolver =
    @convention(c) @Sendable (
      Int32Pointer, Int32Pointer, Int32Pointer, Numbers, Int32Pointer, Numbers, Int32Pointer, Numbers,
      Numbers,
      Int32Pointer, Numbers, Int32Pointer, Int32Pointer, Int32Pointer
    ) -> Void

  let dgesdd: SVD
  let dsyevd: Eigenproblem
  let dgelsd: LeastSquaresSolver

  /// The library.
  ///
  /// - Throws: `LinearAlgebraError.libraryMissing`.
  static func library() throws(LinearAlgebraError) -> OpenBLAS { try loaded.get() }

  private static let loaded: Result<OpenBLAS, LinearAlgebraError> = Result { () throws(LinearAlgebraError) in
    try OpenBLAS()
  }

  private init() throws(LinearAlgebraError) {
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    guard let library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL) else { throw Self.missing() }
    dgesdd = unsafeBitCast(try Self.symbol("dgesdd_", in: library), to: SVD.self)
    dsyevd = unsafeBitCast(try Self.symbol("dsyevd_", in: library), to: Eigenproblem.self)
    dgelsd = unsafeBitCast(try Self.symbol("dgelsd_", in: library), to: LeastSquaresSolver.self)
    let setThreads = try Self.symbol("openblas_set_num_threads", in: library)
    unsafeBitCast(setThreads, to: (@convention(c) @Sendable (CInt) -> Void).self)(1)
  }

  private static func symbol(
    _ name: String, in library: UnsafeMutableRawPointer
  ) throws(LinearAlgebraError) -> UnsafeMutableRawPointer {
    guard let symbol = dlsym(library, name) else { throw missing() }
    return symbol
  }

  private static func missing() -> LinearAlgebraError {
    .libraryMissing(reason: dlerror().map { String(cString: $0) } ?? "unknown reason")
  }
}

extension OpenBLAS {
  /// Runs a routine twice: to learn the size of its workspace, then with it.
  ///
  /// - Parameter routine: Calls the routine with `work`, `lwork`, `iwork`, `liwork` and `info`.
  /// - Throws: `LinearAlgebraError.noConvergence` if `info` is positive.
  static func run(
    _ name: String,
    _ routine: (
      _ work: Numbers, _ size: Int32Pointer, _ integers: Int32Pointer, _ count: Int32Pointer,
      _ info: Int32Pointer
    ) -> Void,
    integers least: Int
  ) throws(LinearAlgebraError) {
    var (size, count, info): (Int32, Int32, Int32) = (-1, -1, 0)
    var (work, integers) = ([0.0], [Int32](repeating: 0, count: max(least, 1)))
    routine(&work, &size, &integers, &count, &info)
    precondition(info == 0, "\(name) refused argument \(-info)")
    size = Int32(work[0])
    count = Int32(max(Int(integers[0]), least, 1))
    work = [Double](repeating: 0, count: max(Int(size), 1))
    integers = [Int32](repeating: 0, count: Int(count))
    routine(&work, &size, &integers, &count, &info)
    precondition(info >= 0, "\(name) refused argument \(-info)")
    if info > 0 { throw .noConvergence(routine: name, info: Int(info)) }
  }
}
