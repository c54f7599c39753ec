import Configuration
import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct OcclusionTests {
  /// A window of one pixel takes away that pixel's part.
  @Test func byHand() throws {
    #expect(try LinearExample.values(Occlusion(size: 1, stride: 1)) == [1, -4, 9, -4])
  }

  /// A window as large as the image is the only one; it takes the whole score away.
  @Test func overlappingWindows() throws {
    let falls = Occlusion(size: 2, stride: 1)
    #expect(falls.regions(height: 2, width: 2).count == 1)
    #expect(try LinearExample.values(falls) == [2, 2, 2, 2])
    let row = Occlusion(size: 2, stride: 1).regions(height: 2, width: 3)
    #expect(row.map(\.columns) == [0..<2, 1..<3])
  }

  @Test func theLastWindowIsCut() {
    let regions = Occlusion(size: 15, stride: 8).regions(height: 30, width: 15)
    #expect(regions.map(\.rows) == [0..<15, 8..<23, 16..<30])
    #expect(Occlusion(size: 15, stride: 8).regions(height: 4, width: 4).count == 1)
  }

  /// Of a linear score, covering with 1 instead of 0 takes less away.
  @Test func theFill() throws {
    #expect(
      try LinearExample.values(Occlusion(size: 1, stride: 1, fill: .constant(1))) == [0, -2, 6, -8])
    // The mean colour is 5/4.
    #expect(
      try LinearExample.values(Occlusion(size: 1, stride: 1, fill: .mean)) == [-0.25, -1.5, 5.25, -9])
  }

  @Test func captum() throws {
    #expect(try GoldenNetwork.agrees(Occlusion(size: 5, stride: 3), "occlusion"))
  }

  @Test func parametersAreChecked() {
    let error = #expect(throws: (any Error).self) { try MethodCatalog.standard.parse("occlusion(fill=red)") }
    #expect(
      "\(String(describing: error))".contains("expected black, blur, mean, noise, zero or a number"))
    #expect(throws: (any Error).self) { try MethodCatalog.standard.parse("occlusion(size=0)") }
    #expect(
      (try? MethodCatalog.standard.parse("occlusion(fill=blur, size=3)"))?.label
        == "occlusion(fill=blur, size=3)")
  }
}
