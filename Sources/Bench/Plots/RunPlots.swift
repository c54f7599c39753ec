internal import Figures
internal import Foundation
internal import Metrics
internal import SaliencyCore
internal import Support

/// The plots of a run: every metric's curves, and cost against faithfulness.
struct RunPlots: Sendable {
  struct Named: Sendable {
    /// The name of its files, without a suffix.
    let name: String
    let plot: Plot
  }

  /// Those with something to draw.
  let plots: [Named]

  init(_ tables: RunTables, curves: [MeanCurves]) {
    let results = tables.results
    plots = (curves.map { Self.plot($0, results) } + Self.costs(tables)).filter { !$0.plot.isEmpty }
  }

  private static func plot(_ curves: MeanCurves, _ results: RunResults) -> Named {
    let setting = curves.setting
    let series = zip(results.methods, curves.methods).map { method, curve in
      Plot.Series(
        method.title,
        points: curve.map { curve in
          curves.axis.x.indices.map { i in
            Plot.Point(
              x: curves.axis.x[i], y: curve.mean[i] ?? .nan, low: curve.low[i], high: curve.high[i])
          }
        } ?? [], isControl: method.isControl)
    }
    let title = results.experiment.metrics[curves.metric].title
    let counts = curves.methods.compactMap { $0?.count }
    let plot = Plot(
      title: "\(title)\(Self.isOnly(curves, results) ? "" : ", \(curves.axis.name)"): \(setting.modelName), "
        + PrintedTable.targetWords(setting.target),
      x: Plot.Axis(
        curves.axis.xTitle, scale: curves.axis.ticks.isEmpty ? .linear : .categorical(curves.axis.ticks)),
      y: Plot.Axis(curves.axis.yTitle), series: series,
      caption:
        "\(curves.axis.yTitle.capitalised) against \(curves.axis.xTitle), mean of n = \(counts.max() ?? 0); the band is the "
        + "\(NumberText.exact(results.experiment.statistics.confidence * 100))% bootstrap interval over images."
    )
    return Named(
      name: fileName([setting.modelName, setting.target, curves.metricName, curves.axis.name]), plot: plot)
  }

  /// Whether a metric's name identifies its curve.
  private static func isOnly(_ curves: MeanCurves, _ results: RunResults) -> Bool {
    curves.axis.name == type(of: results.experiment.metrics[curves.metric].metric).descriptor.identifier
  }

  /// Seconds against the first number of each faithfulness metric.
  private static func costs(_ tables: RunTables) -> [Named] {
    let results = tables.results
    return tables.tables.flatMap { table in
      table.columns.indices.filter { c in
        let column = table.columns[c]
        return column.category == .faithfulness && column.isPrimary && column.direction != .none
      }.compactMap { c -> Named? in
        let series = table.methods.indices.compactMap { m -> Plot.Series? in
          let cell = table.cells[m][c]
          guard let mean = cell.mean, let cost = results.costs[table.setting.model][m], cost.seconds > 0
          else { return nil }
          let point = Plot.Point(
            x: cost.seconds, y: mean, low: cell.interval?.lowerBound, high: cell.interval?.upperBound)
          return Plot.Series(
            table.methods[m].title, points: [point], isControl: table.methods[m].isControl)
        }
        guard !series.isEmpty else { return nil }
        let column = table.columns[c]
        let better = column.direction == .higher ? "higher is better" : "lower is better"
        let plot = Plot(
          title:
            "Cost and \(column.title): \(table.setting.modelName), \(PrintedTable.targetWords(table.setting.target))",
          x: Plot.Axis("time for one map", scale: .logarithmic, unit: "s"),
          y: Plot.Axis("\(column.title) (\(better))"), series: series, kind: .points,
          caption:
            "\(column.title) (\(better)) against the time that one map takes; bars are bootstrap intervals.")
        return Named(
          name: fileName([table.setting.modelName, table.setting.target, "cost", column.name]), plot: plot)
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
