public import Foundation
public import Imaging
import SaliencyCore
import Support

/// Writes panels as PNG, PDF (with real text) or SVG, all from one layout.
///
/// The same panel and style give the same bytes on one machine, however often: no dates, no random names.
/// Another version of cairo or of the font may change them.
///
///     try FigureRenderer().write(panel, to: "figure.pdf")
public struct FigureRenderer: Sendable {
  public var style: FigureStyle
  /// How hard PNG files are compressed.
  public var compression: PNGCompression

  public init(style: FigureStyle = FigureStyle(), compression: PNGCompression = .small) {
    self.style = style
    self.compression = compression
  }

  /// Finds the fonts that figures are written in, which the first figure otherwise does: for a program that has something else
  /// to do meanwhile, on another thread.
  public func findFonts() {
    let ruler = CairoPage.measuring(font: style.font)
    for isBold in [false, true] { _ = ruler.width(of: "x", TextStyle(size: style.textSize, isBold: isBold)) }
  }

  /// Writes a panel in the format that the path's suffix names, beside the path first and then renamed into
  /// place.
  ///
  /// - Throws: ``FigureError``; `FileWriteError` where the folder is missing or cannot be written.
  public func write(_ panel: Panel, to path: String) throws { try write(panel, to: [path]) }

  /// Writes a panel to several files, each in the format that its suffix names, at the same time.
  ///
  /// - Throws: As for one file; the files before the one that failed are written.
  public func write(_ panel: Panel, to paths: [String]) throws {
    let formats = try paths.map { path in
      let suffix = (path as NSString).pathExtension.lowercased()
      guard let format = FigureFormat(rawValue: suffix) else {
        throw FigureError.unknownFormat(path: path, found: suffix)
      }
      return format
    }
    let drawing = try layout(panel)
    let title = TextFitting.cleaned(panel.title)
    let made = WorkerThread.map(formats.count) { i in
      Result { try self.data(drawing, title: title, as: formats[i]) }
    }
    for (path, data) in zip(paths, made) { try AtomicFile.write(try data.get(), to: path) }
  }

  /// A panel as the content of a file.
  public func data(_ panel: Panel, as format: FigureFormat) throws -> Data {
    try data(layout(panel), title: TextFitting.cleaned(panel.title), as: format)
  }

  private func data(_ drawing: Drawing, title: String, as format: FigureFormat) throws -> Data {
    switch format {
    case .png:
      let page = try CairoPage.bitmap(
        width: drawing.width, height: drawing.height, scale: dotsPerPoint(drawing), font: style.font)
      try page.draw(drawing)
      return try page.picture().pngData(compression)
    case .pdf:
      let page = try CairoPage.pdf(
        width: drawing.width, height: drawing.height, title: title, font: style.font)
      try page.draw(drawing)
      return try page.document()
    case .svg:
      return try SVG(font: style.font).document(drawing, title: title)
    }
  }

  func layout(_ panel: Panel) throws -> Drawing {
    guard !panel.columns.isEmpty, !panel.rows.isEmpty else { throw FigureError.nothingToShow }
    let ruler = CairoPage.measuring(font: style.font)
    var layout = PanelLayout(panel, style: style) { ruler.width(of: $0, $1) }
    return layout.drawing()
  }

  /// Dots to a point of a bitmap: such that a pixel of the pictures is a whole number of dots, where one
  /// number will do for all of them, and otherwise as the style says.
  func dotsPerPoint(_ drawing: Drawing) -> Double {
    let wanted = style.resolution / 72
    let pixels = drawing.marks.compactMap { mark -> Double? in
      guard case .image(let image, let place) = mark, image.height > 1 else { return nil }
      return place.width / Double(image.width)
    }
    guard let largest = pixels.max(), let smallest = pixels.min(), largest - smallest < 1e-9 else {
      return wanted
    }
    let scale = max((wanted * largest).rounded(), 1) / largest
    // A small picture in a large cell would otherwise move the resolution by more than a fifth.
    return scale / wanted > 0.7 && scale / wanted < 1.6 ? scale : wanted
  }
}
