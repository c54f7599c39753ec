internal import Metrics

/// Tables for LaTeX with the package booktabs, cut so that they fit a column of text.
enum LaTeXTable {
  /// How many numbers with their intervals stand side by side on a page.
  static let widest = 3

  static func text(_ tables: RunTables) -> String {
    let printed = PrintedTable.all(of: tables, widest: widest).enumerated().map {
      text($1, label: "\(tables.results.experiment.name)-\($0 + 1)")
    }
    return
      (["% \\usepackage{booktabs}"] + printed + [
        "% " + PrintedTable.legend(tables.results.experiment.statistics)
      ])
      .joined(separator: "\n\n") + "\n"
  }

  static func text(_ table: PrintedTable, label: String) -> String {
    let head = [""] + table.headings.map(heading)
    let counts = [""] + table.headings.map { "$n = \($0.count.replacing("–", with: "$--$"))$" }
    var lines = [
      "\\begin{table}", "  \\centering\\footnotesize\\setlength{\\tabcolsep}{3.5pt}",
      "  \\caption{\(escaped(table.title))}", "  \\label{tab:\(label)}",
      "  \\begin{tabular}{l\(String(repeating: "r", count: table.headings.count))}", "    \\toprule",
      line(head), line(counts), "    \\midrule",
    ]
    for (i, row) in table.rows.enumerated() {
      if row.isControl, i > 0, !table.rows[i - 1].isControl { lines.append("    \\midrule") }
      lines.append(line([escaped(row.name)] + row.cells.map(cell)))
    }
    lines += ["    \\bottomrule", "  \\end{tabular}"]
    if !table.notes.isEmpty {
      lines.append("  \\par\\footnotesize " + table.notes.map(escaped).joined(separator: " "))
    }
    return (lines + ["\\end{table}"]).joined(separator: "\n")
  }

  /// Breaks headings into short lines: they are longer than the numbers.
  private static func heading(_ heading: PrintedTable.Heading) -> String {
    var lines: [String] = []
    for word in heading.text.split(separator: " ") {
      if let last = lines.last, last.count + word.count < 16 {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    let text = lines.map(escaped).joined(separator: "\\\\") + arrow(heading.direction)
    return lines.count > 1 ? "\\shortstack[r]{\(text)}" : text
  }

  private static func line(_ cells: [String]) -> String { "    " + cells.joined(separator: " & ") + " \\\\" }

  private static func cell(_ cell: PrintedTable.Cell) -> String {
    guard let mean = cell.mean.map(number) else { return "--" }
    let bold = cell.isBest ? "\\textbf{\(mean)}" : mean
    return bold + (cell.interval.map { " {\\tiny [\(number($0))]}" } ?? "")
  }

  /// With a real minus sign.
  private static func number(_ text: String) -> String { text.replacing("-", with: "\\textminus{}") }

  private static func arrow(_ direction: MetricDirection) -> String {
    switch direction {
    case .higher: " $\\uparrow$"
    case .lower: " $\\downarrow$"
    case .none: ""
    }
  }

  static func escaped(_ text: String) -> String {
    let special: [Character: String] = [
      "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "&": "\\&",
      "%": "\\%",
      "$": "\\$", "#": "\\#", "_": "\\_", "{": "\\{", "}": "\\}", "–": "--", "<": "\\textless{}",
      ">": "\\textgreater{}", "|": "\\textbar{}",
    ]
    return text.map { special[$0] ?? String($0) }.joined()
  }
}
