import Foundation
import HDF5
import Testing

/// Whole networks at every number of threads and every instruction set, each in a process of its own.
@Suite(
  .serialized,
  .enabled(if: BenchProcess.program != nil, "skipped: the program was not built beside the tests"))
struct WholeNetworkTests {
  private static let methods = [
    "gradient", "guided-backprop", "grad-cam", "guided-grad-cam", "smooth-grad(samples=7)",
    "integrated-gradients(steps=5)",
  ]

  /// The maps of one picture by a bundled model, computed in a certain way.
  private func maps(
    of model: String, _ level: String, threads: Int, in bench: Workbench
  ) throws -> [String: [Float]] {
    let folder = "\(model)-\(level)-\(threads)"
    let done = try BenchProcess(
      [
        "explain", bench["photo.png"], "--model", model, "--methods", Self.methods.joined(separator: ","),
        "--target", "1", "--output", bench[folder],
      ], in: bench, environment: ["SALIENCY_ISA": level, "SALIENCY_THREADS": "\(threads)"]
    ).finish()
    #expect(done.status == 0, "\(done.text)")
    var file = try HDF5Reader(path: bench["\(folder)/maps.h5"])
    var found: [String: [Float]] = [:]
    for path in file.index.allDatasets.map(\.path) where path.hasSuffix("/attribution") {
      found[path] = try file.floats(at: path)
    }
    return found
  }

  private func bits(_ maps: [String: [Float]]) -> [String: [UInt32]] {
    maps.mapValues { $0.map(\.bitPattern) }
  }

  @Test(arguments: ["scenes-gap", "scenes-vgg"])
  func threadsAndVectorWidthChangeNoBit(model: String) throws {
    let bench = try Workbench()
    let one = try maps(of: model, "avx512", threads: 1, in: bench)
    #expect(one.count == Self.methods.count && one.values.allSatisfy { $0.contains { $0 != 0 } })
    // Where the processor lacks AVX-512, the widest level it has stands for both.
    for (level, threads) in [("avx512", 2), ("avx512", 4), ("avx2", 1), ("avx2", 2), ("avx2", 4)] {
      let other = try maps(of: model, level, threads: threads, in: bench)
      #expect(bits(other) == bits(one), "\(model): \(level), \(threads) threads")
    }
    // The baseline rounds products before it adds them: other bits, the same on any number of threads.
    let baseline = try maps(of: model, "baseline", threads: 1, in: bench)
    #expect(bits(try maps(of: model, "baseline", threads: 2, in: bench)) == bits(baseline))
  }
}
