import Foundation
import Imaging

/// A position on a page, in points from the top left.
struct Position: Sendable, Hashable {
  var x: Double
  var y: Double
}

/// Lines, a polygon or a circle, with a colour inside and around.
struct Shape: Sendable, Hashable {
  enum Outline: Sendable, Hashable {
    /// Straight lines from point to point.
    case line([Position])
    /// The same, back to the first point.
    case polygon([Position])
    case circle(Position, radius: Double)
  }

  var outline: Outline
  var fill: RGB?
  /// Of the fill, from 0 to 1.
  var opacity = 1.0
  var stroke: Stroke?

  static func line(_ points: [Position], _ stroke: Stroke) -> Shape {
    Shape(outline: .line(points), stroke: stroke)
  }

  static func line(from start: Position, to end: Position, _ stroke: Stroke) -> Shape {
    .line([start, end], stroke)
  }
}

/// The line around a shape.
struct Stroke: Sendable, Hashable {
  var color: RGB
  /// In points.
  var width: Double
  /// The lengths of dashes and gaps in turn, in points; empty for a solid line.
  var dashes: [Double] = []
}
