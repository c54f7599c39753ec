import Foundation
import Testing

@testable import Metrics

@Suite struct MaskTests {
  let pixels = [false, true, true, false, true, false]

  @Test func `runs and pixels say the same`() throws {
    let mask = Mask(height: 2, width: 3, pixels: pixels)
    #expect(mask.runs == [1, 2, 1, 1, 1])
    #expect(mask.pixels == pixels)
    #expect(mask.area == 3 && !mask.isEmpty)
    #expect(Mask(height: 1, width: 2, pixels: [true, true]).runs == [0, 2])
    #expect(Mask(height: 1, width: 2, pixels: [false, false]).isEmpty)
    #expect(try JSONDecoder().decode(Mask.self, from: JSONEncoder().encode(mask)) == mask)
  }

  @Test func `COCO's runs go down the columns`() throws {
    // Columns of the same 2 x 3 mask: F T | T T | T F would be rows F T T / T T F.
    let mask = try #require(Mask(height: 2, width: 3, columnRuns: [1, 4, 1]))
    #expect(mask.pixels == [false, true, true, true, true, false])
    #expect(Mask(height: 2, width: 3, columnRuns: [1, 4]) == nil)
    #expect(Mask(height: 2, width: 3, columnRuns: [7, -1]) == nil)
  }

  @Test func `boxes and masks become each other`() {
    let box = Box(x: 1, y: 0, width: 2, height: 2)
    let mask = Mask(box, height: 3, width: 4)
    #expect(mask.area == 4 && mask.box == box)
    // A pixel belongs to a box that holds its centre.
    #expect(Mask(Box(x: 0.6, y: 0, width: 1, height: 1), height: 1, width: 3).pixels == [false, true, false])
    #expect(Mask(height: 1, width: 1, pixels: [false]).box == nil)
  }

  @Test func `boxes overlap by area`() {
    let a = Box(x: 0, y: 0, width: 4, height: 2)
    #expect(a.intersectionOverUnion(Box(x: 2, y: 0, width: 4, height: 2)) == 4.0 / 12)
    #expect(a.intersectionOverUnion(a) == 1)
    #expect(a.intersectionOverUnion(Box(x: 4, y: 0, width: 1, height: 1)) == 0)
    #expect(
      Box(x: 0, y: 0, width: 0, height: 0).intersectionOverUnion(Box(x: 0, y: 0, width: 0, height: 0)) == 0)
  }

  @Test func `the largest part is 8-connected; of two alike the first`() {
    let mask = Mask(
      height: 3, width: 5,
      pixels: [
        true, false, false, true, true,
        false, true, false, false, false,
        false, false, false, true, true,
      ])
    #expect(mask.largestComponent.box == Box(x: 0, y: 0, width: 2, height: 2))
    #expect(Mask(height: 1, width: 2, pixels: [false, false]).largestComponent.isEmpty)
  }

  @Test func runsWhoseSumOverflowsAreNoMask() {
    #expect(Mask(height: 2, width: 2, columnRuns: [1 << 62, 1 << 62, 4]) == nil)
    #expect(Mask(height: 1 << 40, width: 1 << 40, columnRuns: [0]) == nil)
    #expect(Mask(height: 2, width: 2, columnRuns: [1, 2]) == nil)
  }
}
