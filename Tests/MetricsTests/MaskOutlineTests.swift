import Testing

@testable import Metrics

@Suite struct MaskOutlineTests {
  func outlines(_ rows: String...) -> [String] {
    let pixels = rows.flatMap { $0.map { $0 == "#" } }
    return Mask(height: rows.count, width: rows[0].count, pixels: pixels).outlines.map { corners in
      corners.map { "\($0.x) \($0.y)" }.joined(separator: ", ")
    }
  }

  @Test func aRectangleHasFourCorners() {
    #expect(outlines("....", ".##.", ".##.") == ["1 1, 3 1, 3 3, 1 3"])
    #expect(outlines("##", "##") == ["0 0, 2 0, 2 2, 0 2"])
    #expect(outlines("..", "..") == [])
  }

  @Test func holesAndPartsAreOutlinesOfTheirOwn() {
    let ring = outlines("###", "#.#", "###")
    #expect(ring.count == 2 && ring[0] == "0 0, 3 0, 3 3, 0 3")
    #expect(outlines("#.#").count == 2)
  }

  /// Every edge between inside and outside belongs to one outline, whatever the mask.
  @Test func theOutlinesAreTheEdges() {
    for seed in 0..<20 {
      let (height, width) = (7, 9)
      let pixels = (0..<63).map { (seed * 31 + $0 * $0 * 7 + $0 * seed) % 5 < 2 }
      let mask = Mask(height: height, width: width, pixels: pixels)
      func inside(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < width && y < height && pixels[y * width + x]
      }
      var edges = 0
      for y in -1..<height {
        for x in -1..<width {
          edges += (inside(x, y) != inside(x + 1, y) ? 1 : 0) + (inside(x, y) != inside(x, y + 1) ? 1 : 0)
        }
      }
      let length = mask.outlines.reduce(0) { sum, corners in
        sum
          + corners.indices.reduce(0) { part, i in
            let next = corners[(i + 1) % corners.count]
            return part + abs(next.x - corners[i].x) + abs(next.y - corners[i].y)
          }
      }
      #expect(length == edges, "\(seed)")
    }
  }
}
