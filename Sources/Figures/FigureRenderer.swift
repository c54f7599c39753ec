public import Foundation
public import Imaging
import SaliencyCore
import Support

/// Writes panels and plots as PNG, PDF (with real text) or SVG, all formats from one layout.
///
/// The same figure and style give the same bytes on one machine, however often: no dates, no random names.
/// Another version of cairo or of the font may change them.
///
///     try FigureRenderer().write(panel, to: "figure.pdf")
public struct FigureRenderer: Sendable {
  /// Sizes and font.
  public var style: FigureStyle
  /// How hard PNG files are compressed.
  public var compression: PNGCompression

  /// A renderer with sizes for a printed page, unless others are given.
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
    try write(paths) { try page(panel) }
  }

  /// A panel as the content of a file.
  public func data(_ panel: Panel, as format: FigureFormat) throws -> Data {
    try page(panel).data(as: format)
  }

  /// Writes a plot in the format that the path's suffix names, beside the path first and then renamed into place.
  ///
  /// - Throws: ``FigureError``; `FileWriteError` where the folder is missing or cannot be written.
  public func write(_ plot: Plot, to path: String) throws { try write(plot, to: [path]) }

  /// Writes a plot to several files, each in the format that its suffix names, at the same time.
  ///
  /// - Throws: As for one file; the files before the one that failed are written.
  public func write(_ plot: Plot, to paths: [String]) throws {
    try write(paths) { try page(plot) }
  }

  /// A plot as the content of a file.
  public func data(_ plot: Plot, as format: FigureFormat) throws -> Data { try page(plot).data(as: format) }

  private func write(_ paths: [String], _ page: () throws -> FigurePage) throws {
    let formats = try paths.map { path in
      let suffix = (path as NSString).pathExtension.lowercased()
      guard let format = FigureFormat(rawValue: suffix) else {
        throw FigureError.unknownFormat(path: path, found: suffix)
      }
      return format
    }
    let page = try page()
    let made = WorkerThread.map(formats.count) { i in Result { try page.data(as: formats[i]) } }
    for (path, data) in zip(paths, made) { try AtomicFile.write(try data.get(), to: path) }
  }

  private func page(_ panel: Panel) throws -> FigurePage {
    let drawing = try layout(panel)
    return FigurePage(
      drawing: drawing, title: panel.title, font: style.font, dotsPerPoint: dotsPerPoint(drawing),
      compression: compression)
  }

  private func page(_ plot: Plot) throws -> FigurePage {
    FigurePage(
      drawing: try layout(plot), title: plot.title, description: plot.caption, font: style.font,
      dotsPerPoint: style.plotResolution / 72, compression: compression)
  }

  func layout(_ panel: Panel) throws -> Drawing {
    guard !panel.columns.isEmpty, !panel.rows.isEmpty else { throw FigureError.nothingToShow }
    let ruler = CairoPage.measuring(font: style.font)
    var layout = PanelLayout(panel, style: style) { ruler.width(of: $0, $1) }
    return layout.drawing()
  }

  func layout(_ plot: Plot) throws -> Drawing {
    let ruler = CairoPage.measuring(font: style.font)
    var layout = try PlotLayout(plot, style: style) { ruler.width(of: $0, $1) }
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

extension Plot {
  /// Writes the plot in the format that the path's suffix names: `.png`, `.pdf` or `.svg`.
  ///
  /// - Throws: ``FigureError``; `FileWriteError` where the folder is missing or cannot be written.
  public func write(to path: String, style: FigureStyle = FigureStyle()) throws {
    try FigureRenderer(style: style).write(self, to: path)
  }

  /// Whether no series has a point that can be drawn; writing such a plot throws `FigureError.noPoints`.
  public var isEmpty: Bool { PlotData(self).series.isEmpty }
}
