import Foundation
import TestSupport
import Testing

@testable import Figures

/// Plots as files: the same bytes each time, and those recorded in `Tests/Snapshots`.
@Suite struct PlotSnapshotTests {
  private static let plots = [SamplePlots.lines(6, controls: 2), SamplePlots.points(9, controls: 2)]

  @Test(arguments: FigureFormat.allCases) func samePlotSameBytes(_ format: FigureFormat) throws {
    for plot in Self.plots {
      let first = try FigureRenderer().data(plot, as: format)
      _ = try FigureRenderer().data(SamplePlots.categories(["a", "b"]), as: format)
      #expect(try FigureRenderer().data(plot, as: format) == first)
    }
  }

  /// Another version of the font may move texts; record anew then.
  @Test func plotsAreAsRecorded() throws {
    for (name, plot) in zip(["lines.svg", "points.svg"], Self.plots) {
      let svg = String(decoding: try FigureRenderer().data(plot, as: .svg), as: UTF8.self)
      #expect(Snapshot.difference(of: svg, from: name) == nil)
    }
  }

  @Test func pdfHasRealTextAndNoDate() throws {
    let pdf = String(decoding: try FigureRenderer().data(Self.plots[0], as: .pdf), as: Unicode.ASCII.self)
    #expect(pdf.contains("/ToUnicode") && !pdf.contains("Date"))
    #expect(pdf.contains("/Title (Deletion: scenes-gap, top prediction)"))
    #expect(pdf.contains("/Subject (Probability against the share of pixels removed.)"))
  }

  @Test func anyCharactersAreText() throws {
    var plot = SamplePlots.lines(2)
    let name = "a < b & \"c\" > 'd' µ ρ Ж α→β é"
    (plot.title, plot.series[0].name, plot.caption) = (name, name, "\u{1}\(name)")
    let svg = String(decoding: try FigureRenderer().data(plot, as: .svg), as: UTF8.self)
    #expect(XMLChecker().isWellFormed(svg))
    let escaped = "a &lt; b &amp; &quot;c&quot; &gt; 'd' µ ρ Ж α→β é"
    #expect(svg.contains("<title>\(escaped)</title>"))
    #expect(svg.contains(">\(escaped)</text>"))
    for format in FigureFormat.allCases { _ = try FigureRenderer().data(plot, as: format) }
  }

  @Test func aPlotIsWrittenBySuffix() throws {
    let path = NSTemporaryDirectory() + "saliency-plot-\(UUID().uuidString).pdf"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Self.plots[0].write(to: path)
    #expect(FileManager.default.contents(atPath: path)?.starts(with: Data("%PDF".utf8)) == true)
    #expect(throws: FigureError.self) { try Self.plots[0].write(to: "plot.gif") }
  }
}
