import Foundation
import Testing

@testable import Bench

@Suite struct GnuplotTests {
  static let plot = Plot(
    name: "p", title: "It's 100% \"mine\" \\ {x}_2", caption: "", xTitle: "share", yTitle: "p",
    series: [
      Plot.Series(
        name: "a_b^c", isControl: false,
        points: [
          Plot.Point(x: 0, y: 1, low: 0.9, high: 1.1), Plot.Point(x: 1, y: 0.25),
        ]),
      Plot.Series(
        name: "random", isControl: true, points: [Plot.Point(x: 0, y: 0.5), Plot.Point(x: 1, y: 0.5)]),
      Plot.Series(name: "nothing", isControl: false, points: []),
    ])

  static let isThere = ["/usr/bin/gnuplot", "/usr/local/bin/gnuplot", "/bin/gnuplot"]
    .contains { FileManager.default.isExecutableFile(atPath: $0) }

  @Test func textsAreQuoted() {
    #expect(Plot.quoted("it's \\ a\nline") == "'it''s / a line'")
    let commands = Self.plot.commands
    #expect(commands.contains("set title 'It''s 100% \"mine\" / {x}_2' noenhanced"))
    #expect(commands.contains("$s0 << EOD\n0 1 0.9 1.1\n1 0.25 0.25 0.25\nEOD"))
    #expect(!commands.contains("nothing"), "a series without points is not drawn")
  }

  @Test(.enabled(if: isThere, "skipped: no gnuplot (Debian: apt-get install gnuplot-nox)"))
  func theSamePlotGivesTheSameBytes() throws {
    let folder = try TemporaryFolder()
    var points = Self.plot
    (points.name, points.kind, points.isTime) = ("q", .points, true)
    points.series[0].points = [Plot.Point(x: 0.01, y: 1, low: 0.5, high: 2)]
    points.series[1].points = [Plot.Point(x: 3, y: 2)]
    var ticked = Self.plot
    (ticked.name, ticked.ticks) = ("r", ["(trained)", "dense_1"])
    let files = try Gnuplot.write([Self.plot, points, ticked], to: folder.path)
    #expect(files == ["p", "q", "r"].flatMap { name in ["png", "svg", "pdf"].map { "\(name).\($0)" } })
    let first = files.map { FileManager.default.contents(atPath: folder.path + "/" + $0) }
    // Longer than the second that a date would count.
    Thread.sleep(forTimeInterval: 1.1)
    try Gnuplot.write([Self.plot, points, ticked], to: folder.path)
    #expect(files.map { FileManager.default.contents(atPath: folder.path + "/" + $0) } == first)
    #expect(
      first[0]?.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]) && first[2]?.prefix(5) == Data("%PDF-".utf8))
    #expect(String(decoding: first[1] ?? Data(), as: UTF8.self).contains("a_b^c"))
  }

  @Test func aDateIsReplacedByAsManyBytes() {
    let pdf = Data("<< /CreationDate (D:20261121133124Z00'00)\n>>".utf8)
    #expect(
      String(decoding: Gnuplot.withoutDate(pdf), as: UTF8.self)
        == "<< /CreationDate (D:19700101000000Z00'00)\n>>")
    let other = Data("no date".utf8)
    #expect(Gnuplot.withoutDate(other) == other)
  }

  @Test func errorsSayWhatToDo() {
    #expect(
      "\(PlotError.missing)" == "no figures: gnuplot is not installed (Debian: apt-get install gnuplot-nox)")
  }
}
