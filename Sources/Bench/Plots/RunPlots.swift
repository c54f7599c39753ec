internal import Foundation
internal import Metrics
internal import SaliencyCore

/// The plots of a run: every metric's curves, and cost against faithfulness.
struct RunPlots: Sendable {
  let plots: [Plot]

  init(_ tables: RunTables, curves: [MeanCurves]) {
    let results = tables.results
    plots = curves.map { Self.plot($0, results) } + Self.costs(tables)
  }

  private static func plot(_ curves: MeanCurves, _ results: RunResults) -> Plot {
    let setting = curves.setting
    let series = zip(results.methods, curves.methods).map { method, curve in
      Plot.Series(
        name: method.title, isControl: method.isControl,
        points: curve.map { curve in
          curves.axis.x.indices.compactMap { i in
            curve.mean[i].map {
              Plot.Point(x: curves.axis.x[i], y: $0, low: curve.low[i], high: curve.high[i])
            }
          }
        } ?? [])
    }
    let title = results.experiment.metrics[curves.metric].title
    let counts = curves.methods.compactMap { $0?.count }
    return Plot(
      name: fileName([setting.modelName, setting.target, curves.metricName, curves.axis.name]),
      title: "\(title)\(Self.isOnly(curves, results) ? "" : ", \(curves.axis.name)"): \(setting.modelName), "
        + PrintedTable.targetWords(setting.target),
      caption:
        "\(curves.axis.yTitle.capitalised) against \(curves.axis.xTitle), mean of n = \(counts.max() ?? 0); the band is the "
        + "\(NumberText.exact(results.experiment.statistics.confidence * 100))% bootstrap interval over images.",
      xTitle: curves.axis.xTitle, yTitle: curves.axis.yTitle, series: series, ticks: curves.axis.ticks)
  }

  /// Whether a metric's name says which of its curves it is.
  private static func isOnly(_ curves: MeanCurves, _ results: RunResults) -> Bool {
    curves.axis.name == type(of: results.experiment.metrics[curves.metric].metric).descriptor.identifier
  }

  /// Seconds against the first number of each faithfulness metric.
  private static func costs(_ tables: RunTables) -> [Plot] {
    let results = tables.results
    return tables.tables.flatMap { table in
      table.columns.indices.filter { c in
        let column = table.columns[c]
        return column.category == .faithfulness && column.isPrimary && column.direction != .none
      }.compactMap { c -> Plot? in
        let series = table.methods.indices.compactMap { m -> Plot.Series? in
          let cell = table.cells[m][c]
          guard let mean = cell.mean, let cost = results.costs[table.setting.model][m], cost.seconds > 0
          else { return nil }
          let point = Plot.Point(
            x: cost.seconds, y: mean, low: cell.interval?.lowerBound, high: cell.interval?.upperBound)
          return Plot.Series(
            name: table.methods[m].title, isControl: table.methods[m].isControl, points: [point])
        }
        guard !series.isEmpty else { return nil }
        let column = table.columns[c]
        let better = column.direction == .higher ? "higher is better" : "lower is better"
        return Plot(
          name: fileName([table.setting.modelName, table.setting.target, "cost", column.name]),
          title:
            "Cost and \(column.title): \(table.setting.modelName), \(PrintedTable.targetWords(table.setting.target))",
          caption:
            "\(column.title) (\(better)) against the time that one map takes; bars are bootstrap intervals.",
          xTitle: "time for one map", yTitle: "\(column.title) (\(better))", series: series,
          isTime: true,
          kind: .points)
      }
    }
  }

  /// A name that any file system takes.
  static func fileName(_ parts: [String]) -> String {
    parts.filter { !$0.isEmpty }.map { part in
      let kept = part.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
      return String(kept).split(separator: "-").joined(separator: "-")
    }.joined(separator: "_")
  }
}
