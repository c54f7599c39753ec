/// A rectangle in pixels; (0, 0) is the top left corner of the top left pixel, whose centre is (0.5, 0.5).
///
/// COCO's `[x, y, width, height]`. VOC's corners are pixel numbers from 1, both inside:
/// `Box(x: xmin - 1, y: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1)`.
public struct Box: Sendable, Hashable, Codable {
  /// The left edge.
  public var x: Double
  /// The upper edge.
  public var y: Double
  /// The width.
  public var width: Double
  /// The height.
  public var height: Double

  /// A box by its upper left corner and its size.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = max(width, 0)
    self.height = max(height, 0)
  }

  /// The area.
  public var area: Double { width * height }

  /// The box after the image is scaled, and then moved.
  public func scaled(x horizontally: Double, y vertically: Double) -> Box {
    Box(x: x * horizontally, y: y * vertically, width: width * horizontally, height: height * vertically)
  }

  /// The box moved to the right and down.
  public func moved(x right: Double, y down: Double) -> Box {
    Box(x: x + right, y: y + down, width: width, height: height)
  }

  /// The common part; a box of area 0 where there is none.
  public func intersection(_ other: Box) -> Box {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Box(
      x: left, y: top, width: min(x + width, other.x + other.width) - left,
      height: min(y + height, other.y + other.height) - top)
  }

  /// The area of the common part over that of the union; 0 for two empty boxes.
  public func intersectionOverUnion(_ other: Box) -> Double {
    let common = intersection(other).area
    let union = area + other.area - common
    return union > 0 ? common / union : 0
  }
}
