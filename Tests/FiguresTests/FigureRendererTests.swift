import Foundation
import Imaging
import SaliencyCore
import Testing

@testable import Figures

@Suite struct FigureRendererTests {
  private func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Set FIGURE_OUT to a folder to look at the sample.
  @Test func everyFormatIsWrittenBySuffix() throws {
    let chosen = ProcessInfo.processInfo.environment["FIGURE_OUT"].map { URL(fileURLWithPath: $0) }
    let folder = try chosen ?? temporaryFolder()
    defer { if chosen == nil { try? FileManager.default.removeItem(at: folder) } }
    let starts: [String: [UInt8]] = [
      "png": [0x89, 0x50], "pdf": Array("%PDF".utf8), "SVG": Array("<?xml".utf8),
    ]
    for (suffix, start) in starts {
      let path = folder.appendingPathComponent("sample." + suffix)
      try FigureRenderer().write(SamplePanel.panel, to: path.path)
      #expect(try Data(contentsOf: path).starts(with: start))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count >= 3)
  }

  @Test(arguments: FigureFormat.allCases)
  func sameFigureSameBytes(_ format: FigureFormat) throws {
    let first = try FigureRenderer().data(SamplePanel.panel, as: format)
    _ = try FigureRenderer().data(Panel(columns: ["x"], rows: [Panel.Row(cells: [.blank])]), as: format)
    #expect(try FigureRenderer().data(SamplePanel.panel, as: format) == first)
  }

  @Test func fontsFoundBeforehandOnAnotherThreadChangeNothing() async throws {
    let renderer = FigureRenderer()
    let first = try renderer.data(SamplePanel.panel, as: .png)
    await Task.detached { renderer.findFonts() }.value
    #expect(try renderer.data(SamplePanel.panel, as: .png) == first)
  }

  @Test func severalFilesAreWhatEachWouldBeAlone() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let names = FigureFormat.allCases.map(\.rawValue)
    let paths = names.map { folder.appendingPathComponent("figure." + $0).path }
    try FigureRenderer().write(SamplePanel.panel, to: paths)
    for (path, format) in zip(paths, FigureFormat.allCases) {
      let alone = try FigureRenderer().data(SamplePanel.panel, as: format)
      #expect(FileManager.default.contents(atPath: path) == alone, "\(format)")
    }
    #expect(throws: FigureError.self) {
      try FigureRenderer().write(SamplePanel.panel, to: [folder.path + "/new.png", folder.path + "/new.gif"])
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/new.png"), "formats are looked at first")
  }

  @Test func pdfHasRealTextNoDateAndUnsmoothedPictures() throws {
    let pdf = String(decoding: try FigureRenderer().data(SamplePanel.panel, as: .pdf), as: Unicode.ASCII.self)
    #expect(pdf.contains("/ToUnicode") && pdf.contains("/Title (Six methods on one picture)"))
    #expect(!pdf.contains("Date"))
    #expect(pdf.contains("/Interpolate false") && !pdf.contains("/Interpolate true"))
    // At the resolution they have.
    #expect(pdf.contains("/Width 48"))
  }

  @Test func svgHasRealTextEscaped() throws {
    let svg = String(decoding: try FigureRenderer().data(SamplePanel.panel, as: .svg), as: UTF8.self)
    #expect(svg.contains(">boxer</text>") && svg.contains("ImageNet &amp; &lt;others&gt;;"))
    #expect(svg.contains("image-rendering:pixelated"))
    let parser = XMLChecker()
    #expect(parser.isWellFormed(svg))
  }

  /// In the bitmap every pixel of a picture is a whole block of dots of exactly its colour.
  @Test func bitmapRepeatsPixelsWhole() throws {
    let picture = SamplePanel.photograph(0)
    let panel = Panel(columns: ["a", "b"], rows: [Panel.Row(cells: [.blank, .picture(picture)])])
    let renderer = FigureRenderer()
    let drawing = try renderer.layout(panel)
    let scale = renderer.dotsPerPoint(drawing)
    let bitmap = try Image(decoding: Array(try renderer.data(panel, as: .png)), named: "panel.png")
    let places = drawing.marks.compactMap { if case .image(_, let place) = $0 { place } else { nil } }
    let place = try #require(places.first)
    let block = Int((place.width * scale).rounded()) / picture.width
    #expect(block * picture.width == Int((place.width * scale).rounded()) && block > 1)
    let (top, left) = (Int((place.y * scale).rounded()), Int((place.x * scale).rounded()))
    for row in 0..<(picture.height * block) {
      for column in 0..<(picture.width * block)
      where bitmap[top + row, left + column] != picture[row / block, column / block] {
        Issue.record("dot \(row), \(column)")
        return
      }
    }
  }

  @Test func largePicturesAreAveragedIntoABitmap() throws {
    // Single-pixel stripes: skipping pixels would leave black or white, averaging leaves grey.
    let stripes = Image(width: 2000, height: 2000) { $1 % 2 == 0 ? .black : .white }
    let panel = Panel(columns: ["a"], rows: [Panel.Row(cells: [.picture(stripes)])])
    let bitmap = try Image(decoding: Array(try FigureRenderer().data(panel, as: .png)), named: "panel.png")
    #expect((100...155).contains(bitmap[bitmap.height / 2, bitmap.width / 2].green))
  }

  @Test func mistakes() throws {
    func sentence(_ panel: Panel, _ path: String) -> String {
      do {
        try FigureRenderer().write(panel, to: path)
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      sentence(SamplePanel.panel, "/tmp/a.jpg")
        == "/tmp/a.jpg: found the suffix .jpg, wanted one of .png, .pdf, .svg")
    #expect(sentence(SamplePanel.panel, "/tmp/a").contains("found no suffix"))
    #expect(
      sentence(Panel(columns: [], rows: []), "/tmp/a.pdf")
        == "the figure has no rows or no columns; give at least one image and one method")
    #expect(sentence(SamplePanel.panel, "/nowhere/a.pdf").contains("/nowhere does not exist"))
    var huge = FigureRenderer()
    huge.style.resolution = 1e6
    #expect(throws: FigureError.self) { try huge.data(SamplePanel.panel, as: .png) }
  }
}
