import Foundation
import Imaging

/// A drawing as SVG with real text and pictures that viewers do not smooth; cairo's own SVG has neither.
struct SVG {
  let font: String

  func document(_ drawing: Drawing, title: String) throws -> Data {
    let (width, height) = (number(drawing.width), number(drawing.height))
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)pt\" height=\"\(height)pt\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"\(escaped(font)), Verdana, sans-serif\">",
    ]
    if !title.isEmpty { lines.append("<title>\(escaped(title))</title>") }
    lines.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>")
    for mark in drawing.marks { lines += try elements(of: mark) }
    lines.append("</svg>")
    return Data((lines.joined(separator: "\n") + "\n").utf8)
  }

  private func elements(of mark: Mark) throws -> [String] {
    switch mark {
    case .text(let text, let x, let y, let width, let style):
      let weight = style.isBold ? " font-weight=\"bold\"" : ""
      return [
        "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(number(style.size))\"\(weight) "
          + "fill=\"\(hex(grey: style.grey))\" textLength=\"\(number(width))\" "
          + "lengthAdjust=\"spacingAndGlyphs\">\(escaped(text))</text>"
      ]
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
        "<rect \(attributes(outside)) fill=\"none\" stroke=\"#b8b8b8\" stroke-width=\"\(number(line))\"/>"
      ]
    case .outline(let place, let color):
      return [(RGB.black, Mark.outlineWidths.dark), (color, Mark.outlineWidths.coloured)].map {
        color, width in
        "<rect \(attributes(place)) fill=\"none\" stroke=\"\(hex(color))\" stroke-width=\"\(number(width))\"/>"
      }
    case .hatch(let place):
      return hatch(place)
    }
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
      "<rect \(attributes(place)) fill=\"#f5f5f5\"/>",
      "<path d=\"\(paths.joined())\" stroke=\"#cccccc\" stroke-width=\"0.6\"/>",
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
