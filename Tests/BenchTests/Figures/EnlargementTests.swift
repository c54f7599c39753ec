import SaliencyCore
import Testing

@testable import Bench
@testable import Support

@Suite struct EnlargementTests {
  private func enlarged(_ way: Enlargement, _ values: [Float], to width: Int) -> [Float] {
    way(SaliencyMap(height: 1, width: values.count, values: values), height: 1, width: width).values
  }

  private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test func eachConventionOnTwoPixels() {
    let map: [Float] = [0, 1]
    #expect(isClose(enlarged(.nearest, map, to: 4), [0, 0, 1, 1]))
    #expect(isClose(enlarged(.bilinear, map, to: 4), [0, 0.25, 0.75, 1]))
    #expect(isClose(enlarged(.alignCorners, map, to: 4), [0, 1 / 3, 2 / 3, 1]))
    #expect(isClose(enlarged(.topLeft, map, to: 4), [0, 0.5, 1, 1]))
  }

  /// Keys' kernel: at a quarter of the way the weights are -0.0703125, 0.8671875, 0.2265625, -0.0234375.
  @Test func bicubicOvershoots() {
    let values = enlarged(.bicubic, [0, 0, 1, 1], to: 8)
    #expect(isClose(Array(values[3...4]), [0.2265625 - 0.0234375, 1 - 0.2265625 + 0.0234375]))
    #expect(values.max() ?? 0 > 1 && values.min() ?? 0 < 0)
  }

  @Test(arguments: Enlargement.allCases)
  func aConstantMapStaysConstant(_ way: Enlargement) {
    let map = SaliencyMap(height: 3, width: 2, values: Array(repeating: 2, count: 6))
    #expect(isClose(way(map, height: 7, width: 5).values, Array(repeating: 2, count: 35)))
  }

  @Test(arguments: Enlargement.allCases)
  func itsOwnSizeChangesNothing(_ way: Enlargement) {
    let map = SaliencyMap(height: 2, width: 2, values: [1, 2, 3, 5])
    #expect(isClose(way(map, height: 2, width: 2).values, map.values))
  }
}
