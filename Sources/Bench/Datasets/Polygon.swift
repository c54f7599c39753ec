extension Mask {
  /// The pixels whose centres lie in any of the polygons, each `[x0, y0, x1, y1, …]` in pixels, (0, 0) being the corner.
  ///
  /// Within one polygon the even-odd rule decides. COCO's own tool traces outlines on a grid five times as fine instead:
  /// its masks differ by pixels that the outline crosses.
  init(height: Int, width: Int, polygons: [[Double]]) {
    var pixels = [Bool](repeating: false, count: height * width)
    for polygon in polygons where polygon.count >= 6 {
      for row in 0..<height {
        let crossings = Self.crossings(of: polygon, at: Double(row) + 0.5).sorted()
        for k in stride(from: 0, to: crossings.count - 1, by: 2) {
          // Centres x + 0.5 in [left, right).
          let first = max(Int((crossings[k] - 0.5).rounded(.up)), 0)
          let end = min(Int((crossings[k + 1] - 0.5).rounded(.up)), width)
          if first < end { for x in first..<end { pixels[row * width + x] = true } }
        }
      }
    }
    self.init(height: height, width: width, pixels: pixels)
  }

  /// Where the outline crosses a horizontal line.
  private static func crossings(of polygon: [Double], at y: Double) -> [Double] {
    let count = polygon.count / 2
    return (0..<count).compactMap { i in
      let j = (i + 1) % count
      let (x0, y0, x1, y1) = (polygon[2 * i], polygon[2 * i + 1], polygon[2 * j], polygon[2 * j + 1])
      guard (y0 <= y) != (y1 <= y) else { return nil }
      return x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    }
  }
}
