import Foundation
import Imaging

/// A finished layout with what a file needs besides.
struct FigurePage: Sendable {
  let drawing: Drawing
  let title: String
  let description: String
  let font: String
  /// The resolution of a bitmap.
  let dotsPerPoint: Double
  let compression: PNGCompression

  init(
    drawing: Drawing, title: String, description: String = "", font: String, dotsPerPoint: Double,
    compression: PNGCompression
  ) {
    self.drawing = drawing
    self.title = TextFitting.cleaned(title)
    self.description = TextFitting.cleaned(description)
    self.font = font
    self.dotsPerPoint = dotsPerPoint
    self.compression = compression
  }

  func data(as format: FigureFormat) throws -> Data {
    switch format {
    case .png:
      let page = try CairoPage.bitmap(
        width: drawing.width, height: drawing.height, scale: dotsPerPoint, font: font)
      try page.draw(drawing)
      return try page.picture().pngData(compression)
    case .pdf:
      let page = try CairoPage.pdf(
        width: drawing.width, height: drawing.height, title: title, description: description, font: font)
      try page.draw(drawing)
      return try page.document()
    case .svg:
      return try SVG(font: font).document(drawing, title: title, description: description)
    }
  }
}
