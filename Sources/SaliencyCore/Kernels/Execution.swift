internal import CKernels
internal import Foundation
internal import Synchronization

/// How layers are computed on this machine: threads, and which instructions.
///
/// None of it changes a result: no sum is cut by the number of threads, so any number gives the same bits.
public enum Execution {
  private static let threadCount = Atomic<Int>(0)

  /// The threads that one layer may use; at first `SALIENCY_THREADS`, or every processor this process may run on.
  ///
  /// `withThreads(_:_:)` changes the number for one thread of the caller only.
  public static var threads: Int {
    get {
      if let scopedThreads { return scopedThreads }
      let set = threadCount.load(ordering: .relaxed)
      return set > 0 ? set : initialThreads
    }
    set {
      precondition(newValue > 0, "at least one thread computes, not \(newValue)")
      threadCount.store(newValue, ordering: .relaxed)
    }
  }

  @TaskLocal private static var scopedThreads: Int?

  /// Runs `body` with another number of threads for each layer, on the calling thread (or task) only.
  public static func withThreads<Value>(_ count: Int, _ body: () throws -> Value) rethrows -> Value {
    precondition(count > 0, "at least one thread computes, not \(count)")
    return try $scopedThreads.withValue(count, operation: body)
  }

  private static let initialThreads: Int = {
    let wanted = ProcessInfo.processInfo.environment["SALIENCY_THREADS"].flatMap { Int($0) } ?? 0
    return wanted > 0 ? wanted : Int(ck_available_processors())
  }()

  /// Whether passes run chains of layers as one; `SALIENCY_FUSION=off` computes layer by layer, to the same bits, for tests.
  package static let fusesLayers = ProcessInfo.processInfo.environment["SALIENCY_FUSION"] != "off"

  private static let passesAreFew = Atomic<Bool>(false)

  /// Whether this process will make so many passes that pages of 2 MB pay, which cost more at first; true unless a command sets
  /// it to false.
  package static var expectsManyPasses: Bool {
    get { !passesAreFew.load(ordering: .relaxed) }
    set { passesAreFew.store(!newValue, ordering: .relaxed) }
  }

  /// Returns memory that is kept for the next pass to the system.
  public static func releaseIdleMemory() {
    BufferPool.shared.drain()
  }

  /// Checks the environment variables that choose how layers are computed; a program calls it when it starts.
  ///
  /// - Throws: `EnvironmentError` if `SALIENCY_ISA` names no instruction set.
  public static func checkEnvironment() throws(EnvironmentError) {
    try check(ProcessInfo.processInfo.environment)
  }

  private static func check(_ environment: [String: String]) throws(EnvironmentError) {
    guard let name = environment["SALIENCY_ISA"], !name.isEmpty else { return }
    var level = CK_BASELINE
    guard ck_level_named(name, &level) == 0 else { return }
    let names = [CK_AVX512, CK_AVX2, CK_BASELINE].map { String(cString: ck_level_name($0)) }
    throw EnvironmentError(variable: "SALIENCY_ISA", found: name, wanted: names)
  }

  /// The instruction set in use: `avx512`, `avx2`, or `baseline`; `SALIENCY_ISA` lowers it.
  public static var instructionSet: String { String(cString: ck_level_name(ck_current_level())) }

  /// How the kernels round: `fused` products and sums with AVX2 and AVX-512, which give the same bits, or `separate` ones.
  public static var rounding: String { instructionSet == "baseline" ? "separate" : "fused" }
}

/// An environment variable has a value that it does not take.
public struct EnvironmentError: Error, Equatable, CustomStringConvertible {
  /// The name of the variable.
  public let variable: String
  /// Its value.
  public let found: String
  /// The values that it takes.
  public let wanted: [String]

  public var description: String {
    "\(variable): found \"\(found)\", wanted \(wanted.dropLast().joined(separator: ", ")) or \(wanted.last ?? "")"
  }
}
