internal import Metrics
internal import SaliencyCore
internal import Support

/// Every table of a run: the same bytes for the same results.
struct RunTables: Sendable {
  let results: RunResults
  var tables: [ComparisonTable]

  init(_ results: RunResults) {
    self.results = results
    tables = results.settings.map { ComparisonTable(results, setting: $0) }
  }

  /// `table.csv`: one line for each model, target, method, and number.
  var tableCSV: String {
    var csv = CSV(
      "model", "target", "method", "control", "category", "metric", "better", "n", "mean", "low", "high",
      "not_applicable", "failed", "best", "p_against_best")
    for table in tables {
      for (m, method) in table.methods.enumerated() {
        for (c, column) in table.columns.enumerated() {
          let cell = table.cells[m][c]
          csv.add([
            table.setting.modelName, table.setting.target, method.name, method.isControl ? "yes" : "no",
            column.category.rawValue, column.name, column.direction.rawValue, "\(cell.count)",
            cell.mean.map(NumberText.exact) ?? "",
            cell.interval.map { NumberText.exact($0.lowerBound) } ?? "",
            cell.interval.map { NumberText.exact($0.upperBound) } ?? "", "\(cell.notApplicable)",
            "\(cell.failed)",
            cell.isBest ? "yes" : "no", cell.p.map(NumberText.exact) ?? "",
          ])
        }
      }
    }
    return csv.text
  }

  /// The means as text.
  func text(_ format: TableFormat) -> String {
    switch format {
    case .csv: tableCSV
    case .markdown: MarkdownTable.text(self)
    case .latex: LaTeXTable.text(self)
    case .json: JSONTable.text(self)
    }
  }

  /// `rows.csv`: one line for each number of each image.
  var rowsCSV: String {
    var text = ""
    writeRows { text += $0 }
    return text
  }

  /// The lines of `rows.csv`, about a megabyte at a time.
  func writeRows(to sink: (String) throws -> Void) rethrows {
    var csv = CSV(
      "model", "target", "image", "class", "class_name", "probability", "method", "metric", "value",
      "outcome",
      "reason")
    try forEachNumber { setting, request, method, column, outcome, value, reason in
      csv.add([
        setting.modelName, request.target, request.imageName,
        request.resolved?.classIndex.map(String.init) ?? "",
        request.resolved?.className ?? "", request.resolved?.probability.map(NumberText.exact) ?? "",
        method.name,
        column.name, value.isNaN ? "" : NumberText.exact(value), outcome.word, reason ?? "",
      ])
      try csv.drain(over: 1 << 20, into: sink)
    }
    try csv.drain(into: sink)
  }

  func forEachNumber(
    _ body: (
      RunResults.Setting, RunResults.Request, RunResults.Method, RunResults.Column, Outcome, Double, String?
    ) throws -> Void
  ) rethrows {
    for setting in results.settings {
      for (q, request) in setting.requests.enumerated() {
        for (m, method) in results.methods.enumerated() {
          for (c, column) in results.columns.enumerated() {
            guard let outcome = setting.outcome(m, c, q) else { continue }
            let value = setting.values[m][c][q]
            try body(
              setting, request, method, column, outcome, value,
              value.isNaN ? setting.reason(m, metric: column.metric, q) : nil)
          }
        }
      }
    }
  }

  /// `agreement.csv`: Kendall's tau-b for each pair of numbers.
  var agreementCSV: String {
    var csv = CSV("model", "target", "metric", "other", "tau_b")
    for table in tables {
      for a in table.columns.indices {
        for b in table.columns.indices where b > a {
          guard let tau = table.agreement[a][b] else { continue }
          csv.add([
            table.setting.modelName, table.setting.target, table.columns[a].name, table.columns[b].name,
            NumberText.exact(tau),
          ])
        }
      }
    }
    return csv.text
  }

  /// `failures.csv`: what went wrong or had no meaning, how often, and for which image first.
  var failuresCSV: String {
    var csv = CSV("model", "target", "method", "metric", "outcome", "times", "first_image", "reason")
    for failure in failures {
      csv.add([
        failure.model, failure.target, failure.method, failure.metric, failure.outcome.word,
        "\(failure.times)",
        failure.firstImage, failure.reason,
      ])
    }
    return csv.text
  }
}

extension Outcome {
  var word: String {
    switch self {
    case .done: "done"
    case .notApplicable: "not applicable"
    case .failed: "failed"
    }
  }
}
