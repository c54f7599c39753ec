internal import Metrics

extension Mask {
  /// The union of polygons, each `[x0, y0, x1, y1, …]` in pixels, (0, 0) being the corner of the first pixel.
  ///
  /// Equal to pycocotools bit for bit (`rleFrPoly` of COCO's mask API): each outline is traced on a grid five times as fine,
  /// its crossings of the columns' centre lines are rounded up to rows, and a pixel is inside if an odd number of crossings
  /// precedes it down the columns. A polygon of fewer than three points has no pixel.
  init(height: Int, width: Int, polygons: [[Double]]) {
    var pixels = [Bool](repeating: false, count: height * width)
    for polygon in polygons where polygon.count >= 6 {
      // Whether an odd number of crossings is at a place of the column-major order.
      var isOdd = [Bool](repeating: false, count: height * width + 1)
      PolygonOutline(polygon).forEachCrossing(height: height, width: width) { isOdd[$0].toggle() }
      var isInside = false
      for place in 0..<(height * width) {
        if isOdd[place] { isInside.toggle() }
        if isInside { pixels[place % height * width + place / height] = true }
      }
    }
    self.init(height: height, width: width, pixels: pixels)
  }
}

/// A polygon's corners on COCO's fine grid.
private struct PolygonOutline {
  private static let scale = 5.0
  private let x: [Int]
  private let y: [Int]

  init(_ polygon: [Double]) {
    let corners = 0..<(polygon.count / 2)
    x = corners.map { Self.truncated(Self.scale * polygon[2 * $0] + 0.5) }
    y = corners.map { Self.truncated(Self.scale * polygon[2 * $0 + 1] + 0.5) }
  }

  /// C's conversion to `int`; the smallest one for what does not fit, as x86 has it.
  private static func truncated(_ value: Double) -> Int {
    abs(value) < 0x1p31 ? Int(value) : Int(Int32.min)
  }

  /// Calls `body` with the column-major place of each crossing of a column's centre line.
  func forEachCrossing(height: Int, width: Int, _ body: (Int) -> Void) {
    var last: (u: Int, v: Int)?
    forEachPoint { u, v in
      defer { last = (u, v) }
      guard let last, u != last.u else { return }
      let column = (Double(u < last.u ? u : u - 1) + 0.5) / Self.scale - 0.5
      guard column.rounded(.down) == column, column >= 0, column <= Double(width) - 1 else { return }
      let row = (Double(min(v, last.v)) + 0.5) / Self.scale - 0.5
      body(Int(column) * height + Int(min(max(row, 0), Double(height)).rounded(.up)))
    }
  }

  /// Calls `body` with every point of the outline, edge by edge, both ends included.
  private func forEachPoint(_ body: (_ u: Int, _ v: Int) -> Void) {
    for i in x.indices {
      let j = (i + 1) % x.count
      let (dx, dy) = (abs(x[j] - x[i]), abs(y[j] - y[i]))
      let isWide = dx >= dy
      let isFlipped = isWide ? x[i] > x[j] : y[i] > y[j]
      let (a, b) = isFlipped ? (j, i) : (i, j)
      let slope = isWide ? Double(y[b] - y[a]) / Double(dx) : Double(x[b] - x[a]) / Double(dy)
      let length = isWide ? dx : dy
      for step in 0...length {
        let t = isFlipped ? length - step : step
        if isWide {
          body(x[a] + t, Self.truncated(Double(y[a]) + slope * Double(t) + 0.5))
        } else {
          body(Self.truncated(Double(x[a]) + slope * Double(t) + 0.5), y[a] + t)
        }
      }
    }
  }
}
