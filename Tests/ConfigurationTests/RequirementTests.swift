import Testing

@testable import Configuration

/// The checks of parameters, and the sentences when they fail.
@Suite struct RequirementTests {
  private struct Blur: Configurable {
    static let identifier = "blur"
    var sigma: Float = 1
  }

  private func sentence(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return "\(error)" }
  }

  @Test func aValueInTheRangePasses() {
    #expect(sentence { try Blur.require("n", 1, in: 1...3) } == nil)
    #expect(sentence { try Blur.require("n", 3, in: 1...3) } == nil)
    #expect(sentence { try Blur.require("n", 7, in: 1...) } == nil)
    #expect(sentence { try Blur.require("sigma", 0.5, above: 0, atMost: 0.5) } == nil)
    #expect(sentence { try Blur.require("n", 2, true, expected: "an even number") } == nil)
  }

  @Test func theSentenceNamesWhatWasFoundAndExpected() {
    #expect(
      sentence { try Blur.require("n", 0, in: 1...3, unit: "pixels") }
        == "blur: n: found 0, expected at least 1 pixels")
    #expect(
      sentence { try Blur.require("n", 4, in: 1...3, note: "a remark") }
        == "blur: n: found 4, expected at most 3 (a remark)")
    #expect(sentence { try Blur.require("n", 0, in: 1...) } == "blur: n: found 0, expected at least 1")
    #expect(
      sentence { try Blur.require("sigma", 0.0, above: 0) } == "blur: sigma: found 0.0, expected more than 0")
    #expect(
      sentence { try Blur.require("sigma", 9.0, above: 0, atMost: 2.5) }
        == "blur: sigma: found 9.0, expected at most 2.5")
    #expect(
      sentence { try Blur.require("n", 3, false, expected: "an even number") }
        == "blur: n: found 3, expected an even number")
  }

  @Test func aValueThatIsNoNumberIsOutOfEveryRange() {
    #expect(
      sentence { try Blur.require("sigma", Float.nan, in: 0...1) }
        == "blur: sigma: found nan, expected at least 0")
    #expect(
      sentence { try Blur.require("sigma", Float.nan, above: 0) }
        == "blur: sigma: found nan, expected more than 0")
  }
}
