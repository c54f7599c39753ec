import Imaging

/// A finished layout: marks on a page, in points from the top left, in the order they are drawn.
///
/// All formats are written from one drawing, so they agree.
struct Drawing: Sendable {
  var width: Double
  var height: Double
  var marks: [Mark]
}

struct Rectangle: Sendable, Hashable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var maxX: Double { x + width }
  var maxY: Double { y + height }

  func contains(_ other: Rectangle) -> Bool {
    let slack = 1e-6
    return other.x >= x - slack && other.y >= y - slack && other.maxX <= maxX + slack
      && other.maxY <= maxY + slack
  }
}

struct TextStyle: Sendable, Hashable {
  var size: Double
  var isBold = false
  var grey = 0.0
}

extension Mark {
  /// The widths of an outline's dark and coloured line, in points.
  static let outlineWidths = (dark: 2.2, coloured: 1.2)
}

enum Mark: Sendable {
  /// One line whose baseline starts at (x, y); `width` is what it was measured to take.
  case text(String, x: Double, y: Double, width: Double, TextStyle)
  /// Every pixel as a rectangle of one colour, never smoothed.
  case image(Image, Rectangle)
  /// A filled rectangle.
  case fill(Rectangle, RGB)
  /// A thin frame just outside a rectangle.
  case frame(Rectangle)
  /// A box around something in a picture: a coloured line on a dark one, so that it is seen on any ground.
  case outline(Rectangle, RGB)
  /// Pale stripes: there is nothing to show.
  case hatch(Rectangle)
  case shape(Shape)
  /// One line of text, turned clockwise around the start of its baseline at (x, y).
  case turnedText(String, x: Double, y: Double, width: Double, TextStyle, degrees: Double)
}
