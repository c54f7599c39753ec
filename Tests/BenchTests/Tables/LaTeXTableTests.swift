import Foundation
import Testing

@testable import Bench

@Suite struct LaTeXTableTests {
  static let compiler = ["/usr/bin/pdflatex"].first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Every table of a run, set in a page of an ordinary article: no error, and no table wider than the text.
  @Test(.enabled(if: compiler != nil, "skipped: no pdflatex (Debian: texlive-latex-recommended)"))
  func itCompiles() throws {
    let folder = try TemporaryFolder()
    let tables = LaTeXTable.text(RunTables(try SyntheticResults.results()))
    try folder.write(
      "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n\(tables)\n\\end{document}\n",
      to: "page.tex")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.compiler ?? "")
    process.arguments = ["-halt-on-error", "-interaction=nonstopmode", "page.tex"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let log = try String(contentsOfFile: folder.path + "/page.log", encoding: .isoLatin1)
    #expect(process.terminationStatus == 0, "\(log.suffix(1500))")
    #expect(!log.contains("Overfull \\hbox"), "\(log.suffix(1500))")
  }

  @Test func headingsBreakAndControlsStandBelowARule() throws {
    let text = LaTeXTable.text(RunTables(try SyntheticResults.results()))
    #expect(text.hasPrefix("% \\usepackage{booktabs}"))
    for table in text.components(separatedBy: "\\begin{table}").dropFirst() {
      #expect(
        table.components(separatedBy: "\\midrule").count == 3, "a rule below the head, one above the controls"
      )
      let columns = try #require(table.firstMatch(of: /begin\{tabular\}\{l(r+)\}/)).1.count
      #expect((1...LaTeXTable.widest).contains(columns))
    }
    #expect(text.contains("\\shortstack[r]{"))
    #expect(
      LaTeXTable.escaped("CAM | A&B_1 50% <x>")
        == "CAM \\textbar{} A\\&B\\_1 50\\% \\textless{}x\\textgreater{}")
  }
}
