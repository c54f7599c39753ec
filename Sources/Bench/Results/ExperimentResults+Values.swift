public import Metrics

extension ExperimentResults {
  /// One number of a metric for one image.
  public struct Value: Sendable, Equatable {
    public let model: String
    /// The image source: a path, a bundled name, or `images in memory`.
    public let imageSet: String
    public let image: String
    /// As the experiment has it; with the class for `annotated`: `annotated:zebra`.
    public let target: String
    /// The index of the explained class; nil if the image has no request.
    public let classIndex: Int?
    public let method: String
    /// As in tables: `deletion`, `road/morf`.
    public let metric: String
    /// nil if there is none.
    public let value: Double?
    /// Why there is no value: not applicable, or what failed.
    public let reason: String?
    /// Whether something failed, as opposed to not applicable.
    public let hasFailed: Bool

    static func all(of tables: RunTables) -> [Value] {
      let results = tables.results
      let (sets, sources) = (results.imageSets, results.experiment.images)
      var found: [Value] = []
      tables.forEachNumber { setting, request, method, column, outcome, value, reason in
        found.append(
          Value(
            model: setting.modelName, imageSet: sources[sets[request.image]].words, image: request.imageName,
            target: request.target, classIndex: request.resolved?.classIndex, method: method.name,
            metric: column.name, value: value.isNaN ? nil : value, reason: reason,
            hasFailed: outcome == .failed))
      }
      return found
    }
  }

  /// The mean of a metric for a method, over the images of the experiment.
  public struct Mean: Sendable, Equatable {
    public let model: String
    public let target: String
    public let method: String
    public let isControl: Bool
    /// As in tables: `deletion`, `road/morf`.
    public let metric: String
    public let category: MetricCategory
    public let direction: MetricDirection
    /// The number of images with a value.
    public let count: Int
    /// nil if no image has a value.
    public let mean: Double?
    /// The bootstrap interval of the mean.
    public let interval: ClosedRange<Double>?
    /// How many images have no value because the metric is not applicable.
    public let notApplicable: Int
    /// How many images have no value because something failed.
    public let failed: Int
    /// Why images have no value, with how many there are for each reason.
    public let reasons: [String: Int]
    /// Whether the method is better than every other by the paired test.
    public let isBest: Bool
    /// The p value of the paired test against the best method; nil for the best itself.
    public let p: Double?

    static func all(of table: ComparisonTable) -> [Mean] {
      table.methods.indices.flatMap { m in
        table.columns.indices.map { c in
          let (method, column, cell) = (table.methods[m], table.columns[c], table.cells[m][c])
          return Mean(
            model: table.setting.modelName, target: table.setting.target, method: method.name,
            isControl: method.isControl, metric: column.name, category: column.category,
            direction: column.direction, count: cell.count, mean: cell.mean, interval: cell.interval,
            notApplicable: cell.notApplicable, failed: cell.failed,
            reasons: table.setting.reasons(method: m, column: c, metric: column.metric),
            isBest: cell.isBest, p: cell.p)
        }
      }
    }
  }

  /// The mean curve of a metric for a method, over the images of the experiment.
  public struct Curve: Sendable, Equatable {
    public let model: String
    public let target: String
    public let method: String
    public let metric: String
    /// The name of the curve within the metric: `morf`.
    public let name: String
    public let xTitle: String
    public let yTitle: String
    public let x: [Double]
    /// Names of the places on the x axis; empty for a numerical axis.
    public let ticks: [String]
    /// The number of images in the mean.
    public let count: Int
    /// One for each x; nil if no image has a value there.
    public let mean: [Double?]
    /// The ends of the bootstrap interval, one for each x.
    public let low: [Double?]
    public let high: [Double?]

    static func all(_ curves: MeanCurves, _ results: RunResults) -> [Curve] {
      zip(results.methods, curves.methods).compactMap { method, mean in
        mean.map { mean in
          Curve(
            model: curves.setting.modelName, target: curves.setting.target, method: method.name,
            metric: curves.metricName, name: curves.axis.name, xTitle: curves.axis.xTitle,
            yTitle: curves.axis.yTitle, x: curves.axis.x, ticks: curves.axis.ticks, count: mean.count,
            mean: mean.mean, low: mean.low, high: mean.high)
        }
      }
    }
  }
}

extension RunResults.Setting {
  /// Why requests have no number in a column, with how often.
  fileprivate func reasons(method: Int, column: Int, metric: Int) -> [String: Int] {
    var found: [String: Int] = [:]
    for request in requests.indices where values[method][column][request].isNaN {
      guard outcome(method, column, request) != nil else { continue }
      if let reason = reason(method, metric: metric, request) { found[reason, default: 0] += 1 }
    }
    return found
  }
}
