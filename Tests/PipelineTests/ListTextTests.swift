import SaliencyCore
import Testing

@testable import Pipeline

/// Lists as text.
@Suite struct ListTextTests {
  @Test(arguments: [
    ("a,b", ["a", "b"]), (" a , b ,", ["a", "b"]), ("", []),
    ("\"tench, Tinca tinca\",boxer", ["tench, Tinca tinca", "boxer"]),
    ("smooth-grad(samples=5, base=gradient),cam", ["smooth-grad(samples=5, base=gradient)", "cam"]),
  ])
  func itemsAreSeparatedByCommas(text: String, items: [String]) { #expect(ListText.items(of: text) == items) }

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
  }
}
