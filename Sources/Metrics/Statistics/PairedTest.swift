internal import SaliencyCore

/// Whether two methods differ on the same images: the paired permutation test.
///
/// Under the null hypothesis each image's difference is as likely to have the other sign. p is the share of sign patterns with a mean
/// difference at least as large, the observed one counted: all patterns where there are few, else `permutations` drawn ones.
/// What flips together is an image, with all that belongs to it.
///
/// R. A. Fisher, "The Design of Experiments", 1935, section 21; M. D. Smucker et al., "A comparison of statistical significance tests for
/// information retrieval evaluation", CIKM 2007, doi:10.1145/1321440.1321528.
package struct PairedTest: Sendable {
  let permutations: Int
  let seed: UInt64

  package init(permutations: Int, seed: UInt64) {
    self.permutations = permutations
    self.seed = seed
  }

  /// p for differences whose sum is the difference of the means.
  package func p(_ contributions: [Double]) -> Double {
    let parts = contributions.filter { $0 != 0 }
    guard !parts.isEmpty else { return 1 }
    let observed = abs(parts.reduce(0, +))
    // Sums in another order differ in their last bits: what is as large but for these counts as large.
    let threshold = observed - 1e-12 * parts.reduce(0) { $0 + abs($1) }
    if parts.count < 20, 1 << parts.count <= permutations { return exact(parts, threshold) }
    var larger = 1
    for draw in 0..<permutations {
      let random = CounterRandom(seed: seed, path: Self.stream, UInt64(draw))
      var sum = 0.0
      for start in stride(from: 0, to: parts.count, by: 128) {
        let words = random.words(at: UInt64(start / 128))
        for k in start..<min(start + 128, parts.count) {
          let bit = words[(k - start) / 32] >> UInt32((k - start) % 32) & 1
          sum += bit == 0 ? parts[k] : -parts[k]
        }
      }
      if abs(sum) >= threshold { larger += 1 }
    }
    return Double(larger) / Double(permutations + 1)
  }

  private func exact(_ parts: [Double], _ threshold: Double) -> Double {
    let patterns = 1 << parts.count
    let larger = (0..<patterns).count { pattern in
      let sum = parts.enumerated().reduce(0.0) {
        pattern >> $1.offset & 1 == 0 ? $0 + $1.element : $0 - $1.element
      }
      return abs(sum) >= threshold
    }
    return Double(larger) / Double(patterns)
  }

  /// Holm's adjustment of p for several tests (Scandinavian Journal of Statistics 1979).
  package static func holm(_ p: [Double]) -> [Double] {
    var adjusted = p
    var largest = 0.0
    for (rank, i) in p.indices.sorted(by: { (p[$0], $0) < (p[$1], $1) }).enumerated() {
      largest = max(largest, min(1, Double(p.count - rank) * p[i]))
      adjusted[i] = largest
    }
    return adjusted
  }

  private static let stream: UInt64 = 0x7369_676E
}
