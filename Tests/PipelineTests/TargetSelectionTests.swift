import SaliencyCore
import Testing

@testable import Pipeline

/// Targets as lists of texts.
@Suite struct TargetSelectionTests {
  @Test func aTextThatIsAWholeLabelIsOneTarget() throws {
    let labels = ["tench, Tinca tinca", "boxer", "tiger cat"]
    let whole = TargetSelection.texts(["tench, Tinca tinca"])
    #expect(try whole.targets(labels: labels).count == 1)
    #expect(try TargetSelection.texts(["boxer,tiger cat"]).targets(labels: labels).count == 2)
    let quoted = TargetSelection.texts(["\"tench, Tinca tinca\",boxer"])
    #expect(
      try quoted.targets(labels: labels)
        == TargetSelection.texts(["tench, Tinca tinca", "boxer"]).targets(labels: labels))
    #expect(try TargetSelection.top.targets(labels: nil) == [.top])
    #expect(
      try TargetSelection.texts(["difference(\"tench, Tinca tinca\", boxer),nll(2)"]).targets(labels: labels)
        == [
          .difference(.label("tench, Tinca tinca"), .label("boxer")), .negativeLogProbability(.index(2)),
        ])
  }

  @Test(arguments: [(1.534, "1.53"), (153.4, "153"), (0.0153, "0.0153"), (0, "0.00"), (1e-9, "1.00e-09")])
  func numbersHaveThreeSignificantDigits(value: Double, text: String) {
    #expect(Decimals.significant(value) == text)
  }
}
