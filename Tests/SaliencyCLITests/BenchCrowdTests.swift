import Foundation
import GRDB
import Testing

/// Many processes in one folder from the first moment on.
@Suite(
  .serialized,
  .enabled(if: BenchProcess.program != nil, "skipped: the program was not built beside the tests"))
struct BenchCrowdTests {
  /// Eight begin at once, so that opening, the plan, the manifest, costs, claims, tables, plots and report all meet; three
  /// are killed on the way.
  @Test func eightProcessesInOneFolder() throws {
    let bench = try BenchKillTests.bench()
    let runs = try (0..<8).map { i in
      try BenchKillTests.run(bench, to: "crowd", ["--jobs", "\(1 + i % 2)", "--json"])
    }
    for (i, run) in runs.enumerated() where i % 3 == 1 {
      Thread.sleep(forTimeInterval: 0.15)
      kill(run.process.processIdentifier, SIGKILL)
    }
    for (i, run) in runs.enumerated() {
      let ended = run.finish()
      // A victim may have been done before it was hit.
      #expect(ended.status == 0 || i % 3 == 1 && ended.status == SIGKILL, "\(i): \(ended.text)")
      if ended.status == 0 { #expect(ended.text.contains("\"units\" : 384"), "\(ended.text)") }
    }
    let store = try patientQueue(bench["crowd/store.sqlite"])
    func answer(_ sql: String) throws -> String? { try store.read { try String.fetchOne($0, sql: sql) } }
    #expect(try answer("PRAGMA integrity_check") == "ok")
    #expect(try answer("SELECT COUNT(*) FROM requests") == "64")
    // One row for each thing asked, however many were at it.
    #expect(try answer("SELECT COUNT(*) - COUNT(DISTINCT key) FROM units") == "0")
    _ = try BenchKillTests.run(bench, to: "alone").finish()
    #expect(BenchKillTests.bytes(bench, "crowd") == BenchKillTests.bytes(bench, "alone"))
    // What was written at the same time is whole: each file was renamed into place.
    // A hidden file is one that a victim had begun.
    let figures = try bench.contents(of: "crowd/figures").filter { !$0.hasPrefix(".") }
    #expect(figures == (try bench.contents(of: "alone/figures")))
    for name in figures where name.hasSuffix(".svg") {
      #expect(try String(contentsOfFile: bench["crowd/figures/\(name)"], encoding: .utf8).contains("</svg>"))
    }
    let report = try String(contentsOfFile: bench["crowd/report.html"], encoding: .utf8)
    #expect(report.hasSuffix("</html>\n"))
  }
}
