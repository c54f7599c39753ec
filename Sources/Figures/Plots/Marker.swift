import Foundation
import Imaging

/// The sign of one point.
struct Marker: Hashable {
  enum Form: Hashable {
    case circle, square, triangle, diamond, downTriangle
    case cross, plus, star
  }

  /// The inside of a closed form.
  enum Inside: Hashable {
    case solid
    /// White.
    case open
    /// White with a dot.
    case dotted
  }

  var form: Form
  var inside = Inside.solid

  /// Thirteen that are told apart without colour.
  static let methods =
    closed.map { Marker(form: $0) } + [Form.cross, .plus, .star].map { Marker(form: $0) }
    + closed.map { Marker(form: $0, inside: .dotted) }
  static let controls = closed.map { Marker(form: $0, inside: .open) }

  private static let closed: [Form] = [.circle, .square, .triangle, .diamond, .downTriangle]

  /// - Parameter radius: Of the circle, in points; other forms have about its area.
  func shapes(at center: Position, radius: Double, color: RGB) -> [Shape] {
    guard let outline = outline(center, radius) else { return strokes(center, radius, color) }
    let dot = Shape(outline: .circle(center, radius: radius * 0.35), fill: color)
    switch inside {
    case .solid:
      // The white edge separates markers that overlap.
      return [Shape(outline: outline, fill: color, stroke: Stroke(color: .white, width: 0.4))]
    case .open:
      return [Shape(outline: outline, fill: .white, stroke: Stroke(color: color, width: 0.7))]
    case .dotted:
      return [Shape(outline: outline, fill: .white, stroke: Stroke(color: color, width: 0.8)), dot]
    }
  }

  private func outline(_ center: Position, _ radius: Double) -> Shape.Outline? {
    func polygon(_ corners: [(Double, Double)]) -> Shape.Outline {
      .polygon(corners.map { Position(x: center.x + $0.0 * radius, y: center.y + $0.1 * radius) })
    }
    switch form {
    case .circle: return .circle(center, radius: radius)
    case .square: return polygon([(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)])
    case .triangle: return polygon([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)])
    case .downTriangle: return polygon([(0, 1.2), (-1.1, -0.8), (1.1, -0.8)])
    case .diamond: return polygon([(0, -1.3), (1.1, 0), (0, 1.3), (-1.1, 0)])
    case .cross, .plus, .star: return nil
    }
  }

  private func strokes(_ center: Position, _ radius: Double, _ color: RGB) -> [Shape] {
    let angles: [Double] =
      switch form {
      case .cross: [45, 135]
      case .plus: [0, 90]
      default: [30, 90, 150]
      }
    return angles.map { angle in
      let (x, y) = (1.2 * radius * cos(angle * .pi / 180), 1.2 * radius * sin(angle * .pi / 180))
      return .line(
        from: Position(x: center.x - x, y: center.y - y), to: Position(x: center.x + x, y: center.y + y),
        Stroke(color: color, width: 1))
    }
  }
}
