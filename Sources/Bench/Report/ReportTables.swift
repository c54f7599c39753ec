internal import Metrics
internal import SaliencyCore
internal import Support

/// The tables of the report, whose columns sort.
enum ReportTables {
  static func html(_ table: PrintedTable) -> HTML {
    let heads =
      [head("Method", nil, index: 0)]
      + table.headings.enumerated().map { i, heading in
        head(heading.text, heading, index: i + 1)
      }
    let methods = table.rows.filter { !$0.isControl }
    let controls = table.rows.filter(\.isControl)
    return HTML.captioned(
      table.title,
      HTML(
        "table", ["class": "sortable"], HTML("thead", [:], HTML.row(heads)), body(methods),
        controls.isEmpty ? "" : body(controls, class: "controls")),
      notes: table.notes)
  }

  private static func head(_ text: String, _ heading: PrintedTable.Heading?, index: Int) -> HTML {
    let words: String? =
      switch heading?.direction {
      case .higher: "higher is better"
      case .lower: "lower is better"
      default: nil
      }
    return HTML(
      "th", ["scope": "col", "aria-sort": "none"],
      HTML(
        "button", ["type": "button", "data-column": "\(index)"], HTML(text),
        words.map {
          HTML("span", ["title": $0, "aria-label": $0], HTML("\u{A0}" + (heading?.direction.arrow ?? "")))
        } ?? ""),
      heading.map { HTML("small", [:], HTML("n = \($0.count)")) } ?? "")
  }

  private static func body(_ rows: [PrintedTable.Row], class name: String? = nil) -> HTML {
    HTML(
      "tbody", ["class": name],
      rows.map { row in
        HTML.row(
          [HTML("th", ["scope": "row", "data-value": row.name], HTML(row.name))] + row.cells.map(cell))
      })
  }

  private static func cell(_ cell: PrintedTable.Cell) -> HTML {
    guard let mean = cell.mean, let value = cell.value else { return HTML("td", ["data-value": ""], "–") }
    let words = [
      cell.interval.map { "interval \($0)" }, "n = \(cell.count)", cell.p.map { "p against the best \($0)" },
    ].compactMap(\.self).joined(separator: "; ")
    return HTML(
      "td", ["data-value": NumberText.exact(value), "title": words],
      cell.isBest ? HTML("strong", [:], HTML(mean)) : HTML(mean),
      cell.interval.map { HTML("span", ["class": "interval"], HTML(" [\($0)]")) } ?? "")
  }

  /// Kendall's tau between columns.
  static func agreement(_ table: ComparisonTable) -> HTML? {
    let shown = table.columns.indices.filter { c in table.agreement[c].contains { $0 != nil } }
    guard shown.count > 1 else { return nil }
    let rows = shown.map { a in
      HTML.row(
        [HTML("th", ["scope": "row"], HTML(table.columns[a].title))]
          + shown.map { b in
            guard let tau = table.agreement[a][b] else { return HTML("td", [:], "–") }
            // The stronger, the darker; the number is always there to be read.
            let share = Int((abs(tau) * 60).rounded())
            let color = tau < 0 ? "213, 94, 0" : "0, 114, 178"
            return HTML(
              "td", ["style": "background: rgba(\(color), 0.\(share < 10 ? "0" : "")\(share))"],
              HTML(NumberText.Format(digits: 2)(tau)))
          })
    }
    let caption =
      "Rank agreement between metrics, Kendall's tau-b over methods: \(table.setting.modelName), "
      + PrintedTable.targetWords(table.setting.target)
    return HTML.captioned(
      caption, class: "agreement",
      HTML(
        "table", [:],
        HTML(
          "thead", [:],
          HTML.row(
            [HTML("td", [:], "")]
              + shown.map { HTML("th", ["scope": "col"], HTML("span", [:], HTML(table.columns[$0].title))) })),
        HTML("tbody", [:], rows)))
  }
}
