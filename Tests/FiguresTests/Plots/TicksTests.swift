import Testing

@testable import Figures

@Suite struct TicksTests {
  private func ticks(_ range: ClosedRange<Double>) -> Ticks {
    Ticks(Plot.Axis(""), covering: range, most: 7)
  }

  /// A value just below 0 does not cost a whole step.
  @Test func anAxisEndsNearItsValues() {
    let low = ticks(-0.02...1)
    #expect(low.values == [0, 0.2, 0.4, 0.6, 0.8, 1] && low.labels.count == 6)
    #expect(low.range.lowerBound > -0.1 && low.range.lowerBound < -0.02 && low.range.upperBound == 1)
    let high = ticks(0...0.42)
    #expect(high.values == [0, 0.1, 0.2, 0.3, 0.4] && high.range.upperBound < 0.45)
  }

  @Test(arguments: [0...1, 0.003...0.9, -17...5, 1e5...3e5, 7...7] as [ClosedRange<Double>])
  func anAxisHoldsItsValuesAndTicks(_ range: ClosedRange<Double>) {
    let ticks = ticks(range)
    #expect(ticks.range.contains(range.lowerBound) && ticks.range.contains(range.upperBound))
    #expect(ticks.values.allSatisfy { ticks.range.contains($0) } && ticks.values.count >= 3)
    #expect(ticks.labels.count == ticks.values.count)
  }

  @Test func categoriesAreNamed() {
    let ticks = Ticks(Plot.Axis("", scale: .categorical(["a", "b"])), covering: 0...1, most: 3)
    #expect(ticks.labels == ["a", "b"] && ticks.values == [0, 1])
  }
}
