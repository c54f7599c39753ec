/// Finds room for a legend among the marks of a plot.
struct LegendPlace {
  /// What the legend must not cover.
  var obstacles: [Rectangle] = []

  /// Adds a straight line in short pieces.
  mutating func add(lineFrom start: Position, to end: Position, clearance: Double) {
    let length = max(abs(end.x - start.x), abs(end.y - start.y))
    let pieces = max(Int(length / 4), 1)
    for piece in 0..<pieces {
      func place(_ i: Int) -> Position {
        let share = Double(i) / Double(pieces)
        return Position(
          x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share)
      }
      let (a, b) = (place(piece), place(piece + 1))
      add(
        Rectangle(
          x: min(a.x, b.x), y: min(a.y, b.y), width: abs(b.x - a.x), height: abs(b.y - a.y)),
        clearance: clearance)
    }
  }

  mutating func add(_ place: Rectangle, clearance: Double) {
    obstacles.append(
      Rectangle(
        x: place.x - clearance, y: place.y - clearance, width: place.width + 2 * clearance,
        height: place.height + 2 * clearance))
  }

  /// The first free place of a size inside a frame: corners, then edges, then the rest; nil if there is none.
  func free(width: Double, height: Double, in frame: Rectangle) -> Position? {
    let (roomX, roomY) = (frame.width - width, frame.height - height)
    guard roomX >= 0, roomY >= 0 else { return nil }
    for down in [0, 1, 0.5, 0.25, 0.75] {
      for across in [1, 0, 0.5, 0.75, 0.25] {
        let place = Rectangle(
          x: frame.x + across * roomX, y: frame.y + down * roomY, width: width, height: height)
        if !obstacles.contains(where: { $0.overlaps(place) }) { return Position(x: place.x, y: place.y) }
      }
    }
    return nil
  }
}

extension Rectangle {
  fileprivate func overlaps(_ other: Rectangle) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }
}
