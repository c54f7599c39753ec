import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct XRAITests {
  /// Four pixels 4, 2, 0, -2.
  ///
  /// Regions {0, 1}, {0}, {1, 2}: {0} gains 4, then {0, 1} adds pixel 1 with 2 (before {1, 2}: 1),
  /// then {1, 2} adds pixel 2 with 0; pixel 3 is left with its own value.
  @Test func byHand() {
    let regions = Regions(pixels: [[0, 1], [0], [1, 2]])
    #expect(regions.map([4, 2, 0, -2], minPixels: 1, fast: false) == [4, 2, 0, -2])
    // Once in the order of means 3, 4, 1: {0}, {0, 1}, {1, 2}.
    #expect(regions.map([4, 2, 0, -2], minPixels: 1, fast: true) == [4, 2, 0, -2])
    // Two new pixels at least: only {0, 1} with 3; the rest has the mean -1.
    #expect(regions.map([4, 2, 0, -2], minPixels: 2, fast: false) == [3, 3, -1, -1])
  }

  @Test func aRegionIsDilatedByADisk() {
    #expect(Regions.dilated([12], by: 1, 5, 5) == [7, 11, 12, 13, 17])
    #expect(Regions.dilated([0], by: 2, 5, 5) == [0, 1, 2, 5, 6, 10])
    #expect(Regions.dilated([3], by: 0, 5, 5) == [3])
  }

  /// Regions follow the image: those of vertical stripes are vertical.
  @Test func regionsFollowTheImage() throws {
    let model = try TinyNetworks.vgg()
    let image = Tensor(
      shape: [1, 8, 8, 3], scalars: (0..<192).map { $0 / 3 % 8 < 4 ? -1 : 1 })
    var method = XRAI()
    (method.steps, method.minPixels, method.dilation) = (4, 1, 0)
    let map = try method.attribution(for: AttributionRequest(model, inputs: image)).values
    #expect(map.shape == [1, 8, 8, 1])
    // Nothing changes from row to row.
    for x in 0..<8 { #expect(Set((0..<8).map { map[0, $0, x, 0] }).count == 1) }
    #expect(map[0, 0, 0, 0] != map[0, 0, 7, 0])
  }
}
