import Testing

@testable import Methods

@Suite struct SobolSequenceTests {
  @Test func firstPoints() {
    let points = SobolSequence(dimensions: 2).points(4)
    #expect(points == [[0, 0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75]])
  }

  /// SciPy's sequence, in all 200 dimensions.
  @Test func scipy() throws {
    let points = SobolSequence(dimensions: 200).points(16)
    let found = [1, 5, 6, 11, 15].flatMap { row in [0, 1, 2, 7, 50, 127, 199].map { points[row][$0] } }
    #expect(try GoldenNetwork.agrees(found, "sequence", in: "sensitivity_indices"))
    // The first 16 points have one coordinate in each sixteenth.
    for d in 0..<200 { #expect(Set(points.map { Int($0[d] * 16) }).count == 16) }
  }
}
