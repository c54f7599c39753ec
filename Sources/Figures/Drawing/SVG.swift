import Foundation
import Imaging

/// A drawing as SVG with real text and pictures that viewers do not smooth; cairo's own SVG has neither.
struct SVG {
  let font: String

  func document(_ drawing: Drawing, title: String, description: String) throws -> Data {
    let (width, height) = (number(drawing.width), number(drawing.height))
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)pt\" height=\"\(height)pt\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"\(escaped(font)), Verdana, sans-serif\">",
    ]
    if !title.isEmpty { lines.append("<title>\(escaped(title))</title>") }
    if !description.isEmpty { lines.append("<desc>\(escaped(description))</desc>") }
    lines.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>")
    for mark in drawing.marks { lines += try elements(of: mark) }
    lines.append("</svg>")
    return Data((lines.joined(separator: "\n") + "\n").utf8)
  }

  private func elements(of mark: Mark) throws -> [String] {
    switch mark {
    case .text(let text, let x, let y, let width, let style):
      return [line(text, x: x, y: y, width: width, style)]
    case .image(let image, let place):
      let data = try image.pngData().base64EncodedString()
      return [
        "<image \(attributes(place)) preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
          + "href=\"data:image/png;base64,\(data)\"/>"
      ]
    case .fill(let place, let color):
      return ["<rect \(attributes(place)) fill=\"\(hex(color))\"/>"]
    case .frame(let place):
      let line = 0.4
      let outside = Rectangle(
        x: place.x - line / 2, y: place.y - line / 2, width: place.width + line, height: place.height + line)
      return [
        "<rect \(attributes(outside)) fill=\"none\" stroke=\"\(hex(grey: Palette.frame))\" stroke-width=\"\(number(line))\"/>"
      ]
    case .outline(let place, let color):
      return [(RGB.black, Mark.outlineWidths.dark), (color, Mark.outlineWidths.coloured)].map {
        color, width in
        "<rect \(attributes(place)) fill=\"none\" stroke=\"\(hex(color))\" stroke-width=\"\(number(width))\"/>"
      }
    case .hatch(let place):
      return hatch(place)
    case .shape(let shape):
      return [element(of: shape)]
    case .turnedText(let text, let x, let y, let width, let style, let degrees):
      let turn = " transform=\"rotate(\(number(degrees)) \(number(x)) \(number(y)))\""
      return [line(text, x: x, y: y, width: width, style, attributes: turn)]
    }
  }

  private func line(
    _ text: String, x: Double, y: Double, width: Double, _ style: TextStyle, attributes: String = ""
  ) -> String {
    let weight = style.isBold ? " font-weight=\"bold\"" : ""
    return
      "<text x=\"\(number(x))\" y=\"\(number(y))\"\(attributes) font-size=\"\(number(style.size))\"\(weight) "
      + "fill=\"\(hex(grey: style.grey))\" textLength=\"\(number(width))\" "
      + "lengthAdjust=\"spacingAndGlyphs\">\(escaped(text))</text>"
  }

  private func element(of shape: Shape) -> String {
    let paint = attributes(fill: shape.fill, opacity: shape.opacity) + attributes(shape.stroke)
    switch shape.outline {
    case .line(let points): return "<polyline points=\"\(list(points))\"\(paint)/>"
    case .polygon(let points): return "<polygon points=\"\(list(points))\"\(paint)/>"
    case .circle(let center, let radius):
      return "<circle cx=\"\(number(center.x))\" cy=\"\(number(center.y))\" r=\"\(number(radius))\"\(paint)/>"
    }
  }

  private func list(_ points: [Position]) -> String {
    points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  private func attributes(fill: RGB?, opacity: Double) -> String {
    " fill=\"\(fill.map(hex) ?? "none")\"" + (opacity < 1 ? " fill-opacity=\"\(number(opacity))\"" : "")
  }

  private func attributes(_ stroke: Stroke?) -> String {
    guard let stroke else { return "" }
    let dashes = stroke.dashes.map(number).joined(separator: " ")
    return
      " stroke=\"\(hex(stroke.color))\" stroke-width=\"\(number(stroke.width))\" stroke-linejoin=\"round\""
      + (dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\"")
  }

  /// Stripes as lines cut off at the edges, which needs no clip path and so no identifier.
  private func hatch(_ place: Rectangle) -> [String] {
    let paths = stride(from: 5, to: place.width + place.height, by: 5).map { offset in
      let (startX, startY) = (min(offset, place.width), max(offset - place.width, 0))
      let (endX, endY) = (max(offset - place.height, 0), min(offset, place.height))
      return "M\(number(place.x + startX)) \(number(place.y + startY))"
        + "L\(number(place.x + endX)) \(number(place.y + endY))"
    }
    return [
      "<rect \(attributes(place)) fill=\"\(hex(grey: Palette.hatch.ground))\"/>",
      "<path d=\"\(paths.joined())\" stroke=\"\(hex(grey: Palette.hatch.stripe))\" stroke-width=\"0.6\"/>",
    ]
  }

  private func attributes(_ place: Rectangle) -> String {
    "x=\"\(number(place.x))\" y=\"\(number(place.y))\" width=\"\(number(place.width))\" "
      + "height=\"\(number(place.height))\""
  }

  private func number(_ value: Double) -> String { String(format: "%g", (value * 1000).rounded() / 1000) }

  private func hex(grey: Double) -> String {
    let level = UInt8((min(max(grey, 0), 1) * 255).rounded())
    return hex(RGB(level, level, level))
  }

  private func hex(_ color: RGB) -> String {
    String(format: "#%02x%02x%02x", Int(color.red), Int(color.green), Int(color.blue))
  }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
  }
}
