/// Tables in GitHub's Markdown.
enum MarkdownTable {
  static func text(_ tables: RunTables) -> String {
    let printed = PrintedTable.all(of: tables).map(text)
    let experiment = tables.results.experiment
    return
      (["# \(escaped(experiment.title ?? experiment.name))"] + printed
      + [PrintedTable.legend(experiment.statistics)]).joined(separator: "\n\n") + "\n"
  }

  static func text(_ table: PrintedTable) -> String {
    let head = ["Method"] + table.headings.map { escaped("\($0.text) \($0.direction.arrow)").trimmed }
    let counts = [""] + table.headings.map { "n = \($0.count)" }
    var rows = [head, ["---"] + table.headings.map { _ in "---:" }, counts]
    for (i, row) in table.rows.enumerated() {
      // Markdown has no rule within a table: an empty row is used.
      if row.isControl, i > 0, !table.rows[i - 1].isControl {
        rows.append(["*Controls*"] + table.headings.map { _ in "" })
      }
      rows.append([escaped(row.name)] + row.cells.map(cell))
    }
    let body = rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    let notes =
      table.notes.isEmpty ? "" : "\n\n" + table.notes.map { "- \(escaped($0))" }.joined(separator: "\n")
    return "## \(escaped(table.title))\n\n\(body)\(notes)"
  }

  private static func cell(_ cell: PrintedTable.Cell) -> String {
    guard let mean = cell.mean else { return "–" }
    let bold = cell.isBest ? "**\(mean)**" : mean
    return bold + (cell.interval.map { " [\($0)]" } ?? "")
  }

  private static func escaped(_ text: String) -> String {
    String(text.flatMap { "\\`*_{}[]<>|#".contains($0) ? ["\\", $0] : [$0] })
  }
}

extension String {
  fileprivate var trimmed: String { hasSuffix(" ") ? String(dropLast()) : self }
}
