import Foundation
import SaliencyCore
import Testing

@testable import Figures

@Suite struct LinearTicksTests {
  /// Ranges of all sizes, at all distances from 0.
  @Test(arguments: 0..<40) func ticksAreRoundFewAndCoverTheRange(_ seed: Int) {
    let random = CounterRandom(seed: 11, path: UInt64(seed))
    for trial in 0..<200 {
      func draw(_ k: Int) -> Double { Double(random.integer(below: 1_000_001, at: trial * 4 + k)) / 1e6 }
      let span = pow(10, 40 * draw(0) - 20)
      let low = span * (draw(1) - 0.5) * (trial.isMultiple(of: 2) ? 2 : 1e4)
      let range = low...(low + span * (0.1 + draw(2)))
      let most = 3 + trial % 8
      let ticks = LinearTicks(covering: range, most: most)
      let values = ticks.values
      let step = values[1] - values[0]
      #expect((2...most).contains(values.count), "\(range) \(values)")
      #expect(values[0] <= range.lowerBound + 1e-6 * step, "\(range) \(values)")
      #expect(values[values.count - 1] >= range.upperBound - 1e-6 * step, "\(range) \(values)")
      #expect(zip(values, values.dropFirst()).allSatisfy { abs($1 - $0 - step) < 1e-6 * step })
      #expect([1, 2, 5, 25].contains(ticks.mantissa))
    }
  }

  @Test func usualRanges() {
    #expect(LinearTicks(covering: 0...1, most: 7).values == [0, 0.2, 0.4, 0.6, 0.8, 1])
    #expect(LinearTicks(covering: -0.31...0.94, most: 7).values == [-0.5, 0, 0.5, 1])
    #expect(LinearTicks(covering: 0...50, most: 7).values == [0, 10, 20, 30, 40, 50])
    #expect(LinearTicks(covering: 0.1...0.3, most: 5).values == [0.1, 0.15, 0.2, 0.25, 0.3])
  }

  @Test(arguments: [0, 1, -3, 0.25, 1e-30, 1e99, -1e-120, 1e100]) func aSingleValueIsInside(_ value: Double) {
    let values = LinearTicks(covering: value...value, most: 6).values
    #expect(values.count >= 3 && values[0] < value && values[values.count - 1] > value, "\(values)")
    #expect(values.allSatisfy { $0.isFinite })
  }

  @Test func theLargestRange() {
    let values = LinearTicks(covering: -1e100...1e100, most: 6).values
    #expect(values.first == -1e100 && values.last == 1e100)
  }
}
