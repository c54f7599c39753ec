import CKernels
import Testing

/// All tests of the C kernels, one after another: some ask for more threads than there are.
@Suite(.serialized)
enum KernelTests {}

/// Every instruction set this processor has, baseline first.
let levels: [ck_level] = [CK_BASELINE, CK_AVX2, CK_AVX512].filter { $0.rawValue <= ck_best_level().rawValue }

func name(_ level: ck_level) -> String { String(cString: ck_level_name(level)) }

/// Runs `body` at each level and returns what it wrote, one array a level.
func atEachLevel(_ body: () -> [Float]) -> [[Float]] {
  let before = ck_current_level()
  defer { ck_set_level(before) }
  return levels.map { level in
    #expect(ck_set_level(level) == 1)
    return body()
  }
}

/// Bits, so that NaN equals itself and 0 is not -0.
func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

/// Checks results at each level against expected values, and the wide levels bit for bit against each other.
func check(
  _ results: [[Float]], against expected: Expected, _ what: @autoclosure () -> String,
  at location: SourceLocation = #_sourceLocation
) {
  for (level, values) in zip(levels, results) {
    let error = expected.error(of: values)
    #expect(error < 2e-5, "\(what()) at \(name(level))", sourceLocation: location)
  }
  if levels.contains(CK_AVX512) {
    #expect(
      bits(results[1]) == bits(results[2]), "\(what()): avx2 and avx512 differ", sourceLocation: location)
  }
}

/// What a slow loop found, in double precision, with the sum of absolute products as the measure of rounding.
struct Expected {
  var values: [Double]
  var sizes: [Double]

  init(count: Int) {
    values = [Double](repeating: 0, count: count)
    sizes = values
  }

  mutating func add(_ product: Double, at index: Int) {
    values[index] += product
    sizes[index] += abs(product)
  }

  /// The largest error, relative to the terms that were summed.
  func error(of found: [Float]) -> Double {
    guard found.count == values.count else { return .infinity }
    var worst = 0.0
    for i in values.indices {
      let error = abs(Double(found[i]) - values[i]) / (sizes[i] + 1)
      if !(error <= worst) { worst = error.isNaN ? .infinity : error }
    }
    return worst
  }
}

/// Numbers in [-1, 1) that depend on a seed and an index alone, a quarter of them 0.
func noise(_ count: Int, seed: UInt64) -> [Float] {
  (0..<count).map { index in
    var z = (UInt64(index) &+ seed &* 0xD134_2543_DE82_EF95) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return z % 4 == 0 ? 0 : Float(Int32(truncatingIfNeeded: z >> 32)) / 2_147_483_648
  }
}

/// Uninitialised memory filled with NaN, so that an element that was not written shows.
func blank(_ count: Int) -> [Float] { [Float](repeating: .nan, count: max(count, 1)) }
