/// How a camera was held: the eight values of EXIF tag 0x0112 (Exif 2.32, section 4.6.4).
public enum Orientation: Int, Sendable, Hashable, Codable, CaseIterable {
  /// As stored.
  case upright = 1
  /// Left and right exchanged.
  case mirrored = 2
  /// Rotated by 180 degrees.
  case upsideDown = 3
  /// Top and bottom exchanged.
  case flipped = 4
  /// Rows and columns exchanged.
  case transposed = 5
  /// Stored rotated by 90 degrees to the left.
  case turnedLeft = 6
  /// Rows and columns exchanged, then rotated by 180 degrees.
  case transversed = 7
  /// Stored rotated by 90 degrees to the right.
  case turnedRight = 8

  /// Whether putting the picture upright exchanges width and height.
  public var exchangesSides: Bool { rawValue >= 5 }
}

extension Image {
  /// The picture as it is to be seen, given how it was stored.
  public func uprighted(from orientation: Orientation) -> Image {
    guard orientation != .upright else { return self }
    let (lastRow, lastColumn) = (height - 1, width - 1)
    let source: (_ row: Int, _ column: Int) -> (row: Int, column: Int)
    switch orientation {
    case .upright: source = { ($0, $1) }
    case .mirrored: source = { ($0, lastColumn - $1) }
    case .upsideDown: source = { (lastRow - $0, lastColumn - $1) }
    case .flipped: source = { (lastRow - $0, $1) }
    case .transposed: source = { ($1, $0) }
    case .turnedLeft: source = { (lastRow - $1, $0) }
    case .transversed: source = { (lastRow - $1, lastColumn - $0) }
    case .turnedRight: source = { ($1, lastColumn - $0) }
    }
    let exchanged = orientation.exchangesSides
    return Image(width: exchanged ? height : width, height: exchanged ? width : height) { row, column in
      let place = source(row, column)
      return self[place.row, place.column]
    }
  }
}
