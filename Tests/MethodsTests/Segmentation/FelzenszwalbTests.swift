import SaliencyCore
import Testing

@testable import Methods

@Suite struct FelzenszwalbTests {
  /// 20 x 20 pixels, the left half black, a white right half.
  private func halves(_ side: Int = 20) -> Tensor {
    Tensor(
      shape: [1, side, side, 1], scalars: (0..<(side * side)).map { $0 % side < side / 2 ? 0 : 1 })
  }

  @Test func twoColoursAreTwoSegments() {
    let labels = Felzenszwalb(scale: 1, sigma: 0, minSize: 1)(halves())
    #expect(Set(labels) == [0, 1])
    for (pixel, label) in labels.enumerated() { #expect(label == (pixel % 20 < 10 ? 0 : 1)) }
  }

  @Test func smallSegmentsAreJoined() {
    var image = halves().scalars
    image[5 * 20 + 3] = 1
    let tensor = Tensor(shape: [1, 20, 20, 1], scalars: image)
    #expect(Set(Felzenszwalb(scale: 1, sigma: 0, minSize: 1)(tensor)).count == 3)
    #expect(Set(Felzenszwalb(scale: 1, sigma: 0, minSize: 2)(tensor)).count == 2)
    #expect(Set(Felzenszwalb(scale: 1, sigma: 0, minSize: 300)(tensor)).count == 1)
  }
}
