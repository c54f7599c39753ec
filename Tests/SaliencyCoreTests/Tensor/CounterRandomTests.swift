import Testing

@testable import SaliencyCore

@Suite struct CounterRandomTests {
  /// The known answers of Random123 (kat_vectors, philox4x32, 10 rounds).
  @Test(
    arguments: [
      (
        SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
        SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
      ),
      (
        SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
        SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
      ),
      (
        SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
        SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ])
  func philoxGivesThePublishedWords(
    _ counter: SIMD4<UInt32>, _ key: SIMD2<UInt32>, _ words: SIMD4<UInt32>
  ) {
    #expect(CounterRandom.philox(counter: counter, key: key) == words)
  }

  /// Counter and key are laid out as documented: the position below, the stream above; the seed is the key.
  @Test func wordsAreThePhiloxOfPositionAndStream() {
    let random = CounterRandom(seed: 0x0123_4567_89ab_cdef, path: 4)
    let stream = random.stream
    let counter = SIMD4<UInt32>(
      7, 1, UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    let key = SIMD2<UInt32>(0x89ab_cdef, 0x0123_4567)
    #expect(random.words(at: 0x1_0000_0007) == CounterRandom.philox(counter: counter, key: key))
  }

  @Test func everyPartOfThePathAndTheSeedMatters() {
    let paths = [
      CounterRandom(seed: 1), CounterRandom(seed: 2), CounterRandom(seed: 1, path: 0),
      CounterRandom(seed: 1, path: 1),
      CounterRandom(seed: 1, path: 0, 0), CounterRandom(seed: 1, path: 0, 1),
      CounterRandom(seed: 1, path: 1, 0),
      CounterRandom(seed: 1 << 32), CounterRandom(seed: 1, path: 1 << 32),
    ]
    let first = paths.map { $0.words(at: 0) }
    for i in first.indices { for j in 0..<i { #expect(first[i] != first[j], "\(i) and \(j)") } }
  }

  @Test func aTensorHoldsTheNumbersOfItsPositions() {
    let random = CounterRandom(seed: 3)
    let long = random.normal(shape: [1001])
    // What stands at a place does not depend on how much is drawn after it.
    #expect(random.normal(shape: [7]).scalars == Array(long.scalars.prefix(7)))
    #expect(random.normal(shape: [7, 11, 13]).scalars == long.scalars)
    #expect(random.uniform(0..<1, shape: [9]).scalars == (0..<9).map { random.uniform(at: $0) })
  }

  /// Moments of n numbers, each within five of its standard errors.
  @Test func normalNumbersHaveTheMomentsOfANormal() {
    let n = 200_000
    let values = CounterRandom(seed: 17).normal(shape: [n]).scalars.map(Double.init)
    func moment(_ k: Int) -> Double { values.reduce(0) { $0 + power($1, k) } / Double(n) }
    // E x^k = 0, 1, 0, 3 with variances 1, 2, 15, 96 of x^k.
    for (k, mean, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      #expect(abs(moment(k) - mean) < 5 * (variance / Double(n)).squareRoot(), "moment \(k)")
    }
    let beyond = values.count { abs($0) > 1.959964 }
    #expect(abs(Double(beyond) / Double(n) - 0.05) < 5 * (0.05 * 0.95 / Double(n)).squareRoot())
    // Neighbours share a radius (Box-Muller); their product must average to zero all the same.
    let pairs = stride(from: 0, to: n, by: 2).reduce(0.0) { $0 + values[$1] * values[$1 + 1] } / Double(n / 2)
    #expect(abs(pairs) < 5 / Double(n / 2).squareRoot())
  }

  private func power(_ x: Double, _ k: Int) -> Double { (0..<k).reduce(1) { product, _ in product * x } }

  @Test func streamsAreUncorrelated() {
    let n = 50_000
    let a = CounterRandom(seed: 5, path: 1, 0).normal(shape: [n])
    let b = CounterRandom(seed: 5, path: 1, 1).normal(shape: [n])
    #expect(abs(a.dot(b)) / Double(n) < 5 / Double(n).squareRoot())
  }

  @Test func uniformNumbersFillTheirRangeEvenlyAndNeverReachItsEnd() {
    let n = 100_000
    let values = CounterRandom(seed: 6).uniform(1..<2, shape: [n]).scalars
    #expect(values.allSatisfy { $0 >= 1 && $0 < 2 })
    let bins = Dictionary(grouping: values) { Int(($0 - 1) * 10) }.mapValues(\.count)
    #expect(bins.count == 10)
    #expect(bins.values.allSatisfy { abs(Double($0) - Double(n) / 10) < 5 * (Double(n) * 0.09).squareRoot() })
    // A range in which rounding alone would give the upper bound.
    let narrow = CounterRandom(seed: 6).uniform(1..<(1 as Float).nextUp, shape: [1000])
    #expect(narrow.scalars.allSatisfy { $0 == 1 })
  }

  @Test func integersAndPermutationsAreFair() {
    let n = 60_000
    let random = CounterRandom(seed: 8)
    var counts = [Int](repeating: 0, count: 6)
    for i in 0..<n { counts[random.integer(below: 6, at: i)] += 1 }
    #expect(counts.allSatisfy { abs(Double($0) - 10_000) < 5 * (Double(n) * 5 / 36).squareRoot() })
    var orders: [[Int]: Int] = [:]
    for i in 0..<6000 { orders[CounterRandom(seed: 9, path: UInt64(i)).permutation(of: 3), default: 0] += 1 }
    #expect(orders.count == 6)
    #expect(orders.values.allSatisfy { abs(Double($0) - 1000) < 5 * (6000.0 * 5 / 36).squareRoot() })
    #expect(CounterRandom(seed: 9).permutation(of: 100).sorted() == Array(0..<100))
    #expect(CounterRandom(seed: 9).permutation(of: 0) == [])
  }
}
