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
}
