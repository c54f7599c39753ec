import Foundation
import SaliencyCore
import Testing

@testable import Figures

@Suite struct LogarithmicTicksTests {
  @Test(arguments: 0..<40) func ticksAreRoundFewAndCoverTheRange(_ seed: Int) {
    let random = CounterRandom(seed: 12, path: UInt64(seed))
    for trial in 0..<200 {
      func draw(_ k: Int) -> Double { Double(random.integer(below: 1_000_001, at: trial * 4 + k)) / 1e6 }
      let low = pow(10, 100 * draw(0) - 50)
      let range = low...(low * pow(10, 0.01 + [0.3, 2, 8, 50][trial % 4] * draw(1)))
      let most = 3 + trial % 6
      let values = LogarithmicTicks(covering: range, most: most).values
      #expect((2...most).contains(values.count), "\(range) \(values)")
      #expect(values[0] <= range.lowerBound * (1 + 1e-6), "\(range) \(values)")
      #expect(values[values.count - 1] >= range.upperBound * (1 - 1e-6), "\(range) \(values)")
      #expect(values[0] > 0 && zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
      // At most six digits: the labels show each of them.
      #expect(Set(values.map { String(format: "%.5e", $0) }).count == values.count)
    }
  }

  @Test func usualRanges() {
    #expect(LogarithmicTicks(covering: 0.001...1, most: 8).values == [0.001, 0.01, 0.1, 1])
    #expect(LogarithmicTicks(covering: 1...64, most: 8).values == [1, 3, 10, 30, 100])
    #expect(LogarithmicTicks(covering: 1e-30...1, most: 8).values.count <= 8)
    #expect(LogarithmicTicks(covering: 0.001...1, most: 8).minor.count == 24)
  }

  @Test(arguments: [1, 0.012, 1e-100, 1e100]) func aSingleValueIsInside(_ value: Double) {
    let values = LogarithmicTicks(covering: value...value, most: 6).values
    #expect(values[0] < value && values[values.count - 1] > value && values[0] > 0, "\(values)")
  }
}
