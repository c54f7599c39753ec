import TestSupport
import Testing

@testable import Bench

/// Whole tables, compared with the files in `Tests/Snapshots`.
@Suite struct TableSnapshotTests {
  func difference(_ name: String, _ text: (RunTables) throws -> String) throws -> String? {
    let tables = RunTables(try SyntheticResults.results())
    return Snapshot.difference(of: try text(tables), from: name)
  }

  @Test func csv() throws { #expect(try difference("table.csv", \.tableCSV) == nil) }

  @Test func markdown() throws { #expect(try difference("table.md") { MarkdownTable.text($0) } == nil) }

  @Test func latex() throws { #expect(try difference("table.tex") { LaTeXTable.text($0) } == nil) }

  @Test func json() throws { #expect(try difference("table.json") { JSONTable.text($0) } == nil) }

  @Test func agreement() throws { #expect(try difference("agreement.csv", \.agreementCSV) == nil) }

  @Test func failures() throws { #expect(try difference("failures.csv", \.failuresCSV) == nil) }

  @Test func cost() throws { #expect(try difference("cost.csv") { CostTable($0.results).csv } == nil) }

  @Test func rows() throws {
    #expect(
      try difference("rows.csv") { tables in
        tables.rowsCSV.split(separator: "\n").prefix(40).joined(separator: "\n") + "\n"
      } == nil)
  }
}
