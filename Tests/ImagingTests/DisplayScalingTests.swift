import SaliencyCore
import Testing

@testable import Imaging

@Suite struct DisplayScalingTests {
  private let ramp = SaliencyMap(height: 1, width: 101, values: (0...100).map { Float($0) })

  // numpy.percentile([1, 2, 4, 8], [0, 25, 50, 90, 99, 100]) = [1, 1.75, 3, 6.8, 7.88, 8]
  @Test func aPercentileIsWhatSortingFinds() {
    let random = CounterRandom(seed: 5)
    for (seed, count) in [1, 2, 3, 10, 101, 1000].enumerated() {
      // Rounded, so that many are alike.
      let values = random.normal(shape: [count]).scalars.map { ($0 * Float(1 + seed * 7)).rounded() }
      let sorted = values.sorted()
      for percentile in [0, 1, 37, 50, 99, 100] as [Float] {
        let rank = Double(percentile) / 100 * Double(count - 1)
        let (below, above) = (Double(sorted[Int(rank)]), Double(sorted[min(Int(rank) + 1, count - 1)]))
        let wanted = Float(below + (above - below) * (rank - Double(Int(rank))))
        #expect(DisplayScaling.percentile(percentile, of: values) == wanted, "\(percentile) of \(count)")
      }
    }
  }

  @Test func percentilesAreThoseOfNumPy() {
    let expected: [(Float, Float)] = [(0, 1), (25, 1.75), (50, 3), (90, 6.8), (99, 7.88), (100, 8)]
    for (percentile, value) in expected {
      #expect(abs(DisplayScaling.percentile(percentile, of: [8, 1, 4, 2]) - value) < 1e-6)
    }
  }

  @Test func ranges() {
    #expect(DisplayScaling.minMax.range(of: ramp) == 0...100)
    #expect(DisplayScaling.clipped(percentile: 99).range(of: ramp) == 0...99)
    let signed = SaliencyMap(height: 1, width: 3, values: [-4, 0, 2])
    #expect(DisplayScaling.symmetric(percentile: 100).range(of: signed) == -4...4)
    #expect(DisplayScaling.fixed(-1...1).range(of: ramp) == -1...1)
  }

  @Test func aPercentileThatLeavesNoRangeFallsBackToTheMaximum() {
    let point = SaliencyMap(height: 20, width: 20, values: (0..<400).map { $0 == 7 ? 3 : 0 })
    #expect(DisplayScaling.clipped(percentile: 99).range(of: point) == 0...3)
    #expect(DisplayScaling.symmetric(percentile: 99).range(of: point) == -3...3)
  }

  /// Equal values at a percentile (Guides/Conventions.md, "Ties and discontinuities"): the order of the pixels does not enter.
  @Test func aRangeDoesNotDependOnTheOrderOfTheValues() {
    for seed in 1...10 as ClosedRange<UInt64> {
      let random = CounterRandom(seed: seed)
      let values = (0..<60).map { Float(random.integer(below: 4, at: $0) - 1) }
      let moved = random.permutation(of: 60).map { values[$0] }
      for scaling in [
        DisplayScaling.minMax, .clipped(percentile: 99), .clipped(percentile: 70), .symmetric(percentile: 99),
      ] {
        let ranges = [values, moved].map { scaling.range(of: SaliencyMap(height: 6, width: 10, values: $0)) }
        #expect(ranges[0] == ranges[1] && ranges[0] != nil)
      }
    }
    #expect(DisplayScaling.place(of: 3, in: 0...2) == 1 && DisplayScaling.place(of: 2, in: 0...2) == 1)
  }

  @Test func hugeValuesKeepTheirPlace() {
    let range = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude
    #expect(DisplayScaling.place(of: 0, in: range) == 0.5)
    #expect(DisplayScaling.place(of: .greatestFiniteMagnitude, in: range) == 1)
  }

  @Test(arguments: [
    ([Float](repeating: 0, count: 6), SaliencyMap.Defect.allZero),
    ([Float](repeating: 0.3, count: 6), .constant),
    ([0, 1, 2, .nan, 4, 5], .notFinite),
    ([0, 1, 2, .infinity, 4, 5], .notFinite),
  ])
  func mapsThatMeanNothingAreHatched(_ values: [Float], _ defect: SaliencyMap.Defect) {
    let map = SaliencyMap(height: 2, width: 3, values: values)
    for style in [MapStyle.heatmap, .magnitude, .signed] {
      let rendered = map.rendered(style, over: Image(width: 30, height: 20, filledWith: .black))
      #expect(rendered.defect == defect && rendered.range == nil)
      #expect(rendered.picture == Image.hatched(height: 20, width: 30))
    }
  }
}
