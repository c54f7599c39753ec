import Testing

@testable import SaliencyCore
@testable import Support

@Suite struct SuggestionTests {
  private let layers = ["block1_conv1", "block1_conv2", "block1_pool", "block2_conv1", "flatten", "fc1"]

  @Test func theNearestComeFirst() {
    #expect(nearest(to: "block1_conv3", in: layers) == ["block1_conv1", "block1_conv2", "block2_conv1"])
    #expect(nearest(to: "Flaten", in: layers) == ["flatten"])
    #expect(nearest(to: "pool", in: layers) == ["block1_pool"])
    #expect(nearest(to: "flatten", in: layers) == ["flatten"])
  }

  @Test func whatIsFarOffIsNotSuggested() {
    #expect(nearest(to: "softmax", in: layers) == [])
    #expect(nearest(to: "", in: layers) == [])
    // Two letters, both wrong: any name of two letters would be as near.
    #expect(nearest(to: "xy", in: ["ab", "cd"]) == [])
  }

  @Test func theSentenceIsEmptyWhereNothingIsNear() {
    #expect(suggestion(for: "softmax", among: layers) == "")
    #expect(suggestion(for: "flaten", among: layers) == "; did you mean \"flatten\"?")
    #expect(
      suggestion(for: "block1_conv", among: layers).hasPrefix(
        "; did you mean \"block1_conv1\" or \"block1_conv2\""))
  }

  @Test func distancesByHand() {
    func distance(_ a: String, _ b: String) -> Int { editDistance(Array(a), Array(b)) }
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("grad", "gard") == 1)
    #expect(distance("", "abc") == 3)
    #expect(distance("abc", "") == 3)
    #expect(distance("abc", "abc") == 0)
  }
}
