extension Mask {
  /// The outlines along the edges of pixels: closed polygons of their corners, holes among them.
  package var outlines: [[(x: Int, y: Int)]] {
    var edges = self.edges
    var found: [[(x: Int, y: Int)]] = []
    for start in edges.indices {
      while edges[start] != 0 { found.append(trace(from: start, &edges)) }
    }
    return found
  }

  /// Right, down, left, up.
  private static let steps = [(1, 0), (0, 1), (-1, 0), (0, -1)]

  /// For each corner of the pixels' grid a bit for each direction in which an outline goes on from it, the inside to its right.
  private var edges: [UInt8] {
    let pixels = self.pixels
    func isInside(_ x: Int, _ y: Int) -> Bool {
      x >= 0 && y >= 0 && x < width && y < height && pixels[y * width + x]
    }
    var edges = [UInt8](repeating: 0, count: (width + 1) * (height + 1))
    for y in 0..<height {
      for x in 0..<width where pixels[y * width + x] {
        let corner = y * (width + 1) + x
        if !isInside(x, y - 1) { edges[corner] |= 1 }
        if !isInside(x + 1, y) { edges[corner + 1] |= 2 }
        if !isInside(x, y + 1) { edges[corner + width + 2] |= 4 }
        if !isInside(x - 1, y) { edges[corner + width + 1] |= 8 }
      }
    }
    return edges
  }

  /// Follows one outline until it comes back, and takes its edges away.
  private func trace(from start: Int, _ edges: inout [UInt8]) -> [(x: Int, y: Int)] {
    var corners: [(x: Int, y: Int)] = []
    var (place, last) = (start, -1)
    repeat {
      let direction = edges[place].trailingZeroBitCount
      guard direction < 4 else { break }
      edges[place] &= ~(1 << UInt8(direction))
      if direction != last { corners.append((place % (width + 1), place / (width + 1))) }
      last = direction
      place += Self.steps[direction].0 + Self.steps[direction].1 * (width + 1)
    } while place != start
    return corners
  }
}
