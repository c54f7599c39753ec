internal import Foundation
internal import Metrics

/// The tables as JSON: for programs.
enum JSONTable {
  private struct File: Encodable {
    var experiment: String
    var seed: UInt64
    var statistics: Statistics
    var tables: [Table]
  }

  private struct Table: Encodable {
    var model: String
    var target: String
    var requests: Int
    var metrics: [Metric]
    var methods: [Method]
    /// Kendall's tau-b between the orders of the methods, metric by metric.
    var agreement: [[Double?]]
  }

  private struct Metric: Encodable {
    var name: String
    var title: String
    var category: String
    var better: String
    var unit: String
  }

  private struct Method: Encodable {
    var name: String
    var title: String
    var control: Bool
    var cells: [Cell]
  }

  private struct Cell: Encodable {
    var n: Int
    var mean: Double?
    var low: Double?
    var high: Double?
    var notApplicable: Int
    var failed: Int
    var best: Bool
    var pAgainstBest: Double?
  }

  static func text(_ tables: RunTables) -> String {
    let experiment = tables.results.experiment
    let file = File(
      experiment: experiment.name, seed: experiment.seed, statistics: experiment.statistics,
      tables: tables.tables.map(table))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: (try? encoder.encode(file)) ?? Data(), as: UTF8.self) + "\n"
  }

  private static func table(_ table: ComparisonTable) -> Table {
    Table(
      model: table.setting.modelName, target: table.setting.target, requests: table.setting.requests.count,
      metrics: table.columns.map {
        Metric(
          name: $0.name, title: $0.title, category: $0.category.rawValue, better: $0.direction.rawValue,
          unit: $0.unit)
      },
      methods: zip(table.methods, table.cells).map { method, cells in
        Method(
          name: method.name, title: method.title, control: method.isControl,
          cells: cells.map {
            Cell(
              n: $0.count, mean: $0.mean, low: $0.interval?.lowerBound, high: $0.interval?.upperBound,
              notApplicable: $0.notApplicable, failed: $0.failed, best: $0.isBest, pAgainstBest: $0.p)
          })
      }, agreement: table.agreement)
  }
}
