import Testing

@testable import Figures

@Suite struct NumberLabelsTests {
  private func labels(_ range: ClosedRange<Double>, unit: String = "") -> (labels: [String], factor: String) {
    NumberLabels.linear(LinearTicks(covering: range, most: 6), unit: unit)
  }

  @Test func labelsHaveTheDigitsOfTheStep() {
    #expect(labels(0...1).labels == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(0...40).labels == ["0", "10", "20", "30", "40"])
    #expect(labels(-0.1...0.1).labels == ["−0.10", "−0.05", "0", "0.05", "0.10"])
  }

  @Test func smallAndLargeNumbersShareAPowerOfTen() {
    let small = labels(0...4e-6)
    #expect(small.labels == ["0", "1", "2", "3", "4"] && small.factor == "×10⁻⁶")
    let large = labels(0...1e6)
    #expect(large.labels == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"] && large.factor == "×10⁶")
  }

  @Test func unitsHaveSIPrefixes() {
    #expect(labels(0...0.04, unit: "s").labels == ["0 ms", "10 ms", "20 ms", "30 ms", "40 ms"])
    #expect(NumberLabels.single(0.05, unit: "s") == "50 ms")
    #expect(NumberLabels.single(2, unit: "s") == "2 s")
    #expect(NumberLabels.single(3e-7, unit: "s") == "300 ns")
    #expect(NumberLabels.single(1e-15, unit: "s") == "0.001 ps")
  }

  @Test func singleNumbers() {
    #expect(
      [0.001, 0.5, 1, 20_000].map { NumberLabels.single($0, unit: "") } == ["0.001", "0.5", "1", "20000"])
    #expect(NumberLabels.single(1e-6, unit: "") == "10⁻⁶")
    #expect(NumberLabels.single(2e12, unit: "") == "2×10¹²")
    #expect(NumberLabels.single(-3e-5, unit: "") == "−3×10⁻⁵")
  }
}
