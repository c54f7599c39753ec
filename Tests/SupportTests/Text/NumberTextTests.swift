import Testing

@testable import Support

/// Numbers as text.
@Suite struct NumberTextTests {
  @Test func threeDigitsOfTheLargest() {
    func format(_ values: Double...) -> [String] { values.map { NumberText.Format(for: values)($0) } }
    #expect(format(0.1234, 0.05) == ["0.123", "0.050"])
    #expect(format(12.345, -0.004) == ["12.3", "0.0"])
    #expect(format(1234.6, 3) == ["1235", "3"])
    #expect(format(0.000012, 0) == ["1.20e-05", "0"])
    #expect(format(0) == ["0.00"])
  }

  @Test func exactNumbersReadBack() {
    for value in [0.1, 1.0 / 3, 1e-300, 123456.789, -2.5] {
      #expect(Double(NumberText.exact(value)) == value)
    }
    #expect(NumberText.exact(3) == "3")
  }

  @Test(arguments: [(1.534, "1.53"), (153.4, "153"), (0.0153, "0.0153"), (0, "0.00"), (1e-9, "1.00e-09")])
  func numbersHaveThreeSignificantDigits(value: Double, text: String) {
    #expect(NumberText.significant(value) == text)
  }

  @Test(arguments: [(7.2, "8 s"), (125, "2 min 5 s"), (12_000, "3 h 20 min"), (.infinity, "277777 h 46 min")])
  func durations(seconds: Double, text: String) { #expect(NumberText.time(seconds) == text) }

  @Test func thousandsAreGrouped() {
    #expect([0, -1234, 1_234_567].map(NumberText.grouped) == ["0", "-1,234", "1,234,567"])
  }
}
