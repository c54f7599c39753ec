internal import Foundation
internal import GRDB
internal import Metrics
internal import SaliencyCore
internal import Support

/// The mean curves of every method, for one model, one target, and one curve of a metric.
struct MeanCurves: Sendable {
  let setting: RunResults.Setting
  let metric: Int
  let metricName: String
  let category: MetricCategory
  /// Names, titles, x and ticks; its y is not used.
  let axis: Curve
  /// By method; nil if it has none.
  let methods: [MeanCurve?]
}

/// A mean curve with a band.
struct MeanCurve: Sendable, Equatable {
  var count: Int
  /// nil if no image has a number.
  var mean: [Double?]
  var low: [Double?]
  var high: [Double?]
}

extension MeanCurves {
  /// Every curve of a run, in the order of its settings, metrics, and the metrics' curves.
  static func all(of results: RunResults, in store: ResultStore) throws -> [MeanCurves] {
    try results.settings.flatMap { setting in
      let reading = try CurveReading(setting, results, store)
      return results.experiment.metrics.indices.flatMap { metric in
        reading.parts(of: metric).map { part in
          reading.curves(metric: metric, part: part, results)
        }
      }
    }
  }

  /// `curves.csv`: one line for each point.
  static func csv(_ all: [MeanCurves], _ results: RunResults) -> String {
    var csv = CSV("model", "target", "method", "metric", "curve", "x", "tick", "n", "mean", "low", "high")
    for curves in all {
      for (m, curve) in curves.methods.enumerated() {
        guard let curve else { continue }
        for (i, x) in curves.axis.x.enumerated() {
          csv.add([
            curves.setting.modelName, curves.setting.target, results.methods[m].name, curves.metricName,
            curves.axis.name, NumberText.exact(x), curves.axis.ticks.isEmpty ? "" : curves.axis.ticks[i],
            "\(curve.count)", curve.mean[i].map(NumberText.exact) ?? "",
            curve.low[i].map(NumberText.exact) ?? "",
            curve.high[i].map(NumberText.exact) ?? "",
          ])
        }
      }
    }
    return csv.text
  }
}

/// The curves of one setting as they lie in a store.
private struct CurveReading {
  struct Key: Hashable {
    var method: Int
    var metric: Int
    var part: Int
  }

  struct Rows {
    var images: [Int] = []
    var y: [[Float]] = []
  }

  let setting: RunResults.Setting
  private var rows: [Key: Rows] = [:]
  /// The axis of each (metric, part): that of its first curve; curves with another are left out.
  private var axes: [[Int]: (id: Int, curve: Curve)] = [:]

  init(_ setting: RunResults.Setting, _ results: RunResults, _ store: ResultStore) throws {
    self.setting = setting
    let metrics = try store.metricIDs(results.manifest)
    let sql =
      "SELECT c.metric, c.part, c.axis, c.y FROM curves c JOIN units u ON u.id = c.unit WHERE u.key = ?"
    try store.read { db in
      for method in results.methods.indices {
        for (q, unit) in setting.units[method].enumerated() {
          guard let unit else { continue }
          try StoredRow.each(db, in: "curves", sql, [unit.key.data]) { row in
            guard let metric = metrics[try row.value("metric", at: 0)] else { return }
            let key = Key(method: method, metric: metric, part: try row.value("part", at: 1))
            try add(row, key, setting.requests[q].image, db)
          }
        }
      }
    }
  }

  private mutating func add(_ row: StoredRow, _ key: Key, _ image: Int, _ db: Database) throws {
    let axisID: Int = try row.value("axis", at: 2)
    if axes[[key.metric, key.part]] == nil {
      axes[[key.metric, key.part]] = (axisID, try Self.axis(axisID, db))
    }
    guard axes[[key.metric, key.part]]?.id == axisID else { return }
    rows[key, default: Rows()].images.append(image)
    rows[key, default: Rows()].y.append(try row.value("y", at: 3))
  }

  private static func axis(_ id: Int, _ db: Database) throws -> Curve {
    let text: String? = try StoredRow.cell(db, in: "axes", "text", "SELECT text FROM axes WHERE id = ?", [id])
    guard let curve = text.flatMap({ try? JSONDecoder().decode(Curve.self, from: Data($0.utf8)) }),
      curve.y.count == curve.x.count, curve.ticks.isEmpty || curve.ticks.count == curve.x.count
    else {
      throw StoreDamage(
        "axes", "text", found: text.map { "\"\($0.prefix(40))\"" } ?? "no row \(id)",
        expected: "the axis of a curve")
    }
    return curve
  }

  func parts(of metric: Int) -> [Int] { axes.keys.filter { $0[0] == metric }.map { $0[1] }.sorted() }

  func curves(metric: Int, part: Int, _ results: RunResults) -> MeanCurves {
    let axis = axes[[metric, part]]?.curve ?? Curve("", xTitle: "", yTitle: "", x: [], y: [])
    let choice = results.experiment.metrics[metric]
    let band = CurveBand(statistics: results.experiment.statistics, seed: results.experiment.seed)
    return MeanCurves(
      setting: setting, metric: metric, metricName: choice.name,
      category: type(of: choice.metric).descriptor.category, axis: axis,
      methods: results.methods.indices.map { method in
        rows[Key(method: method, metric: metric, part: part)].flatMap { rows in
          band.mean(rows.y, images: rows.images, points: axis.x.count)
        }
      })
  }
}

/// The mean of curves and its bootstrap interval, point by point; whole images are drawn.
struct CurveBand: Sendable {
  let statistics: Statistics
  let seed: UInt64

  /// - Parameters:
  ///   - curves: One for each request; NaN if there is none.
  ///   - images: The image of each.
  func mean(_ curves: [[Float]], images: [Int], points: Int) -> MeanCurve? {
    let usable = curves.indices.filter { curves[$0].count == points }
    guard !usable.isEmpty else { return nil }
    let distinct = Array(Set(usable.map { images[$0] })).sorted()
    let places = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($0.element, $0.offset) })
    var sums = distinct.map { _ in [Double](repeating: 0, count: points) }
    var counts = sums
    for i in usable {
      guard let place = places[images[i]] else { continue }
      for k in 0..<points where curves[i][k].isFinite {
        sums[place][k] += Double(curves[i][k])
        counts[place][k] += 1
      }
    }
    var draws: [[Double]] = []
    if distinct.count > 1 {
      // A band is looked at, not read off: fewer draws than for a table.
      for draw in 0..<min(statistics.resamples, 500) {
        let random = CounterRandom(seed: seed, path: 0x6375_7276_6573, UInt64(draw))
        var weights = [Double](repeating: 0, count: distinct.count)
        for k in distinct.indices { weights[random.integer(below: distinct.count, at: k)] += 1 }
        draws.append(Self.mean(sums, counts, weights))
      }
    }
    let tail = (1 - statistics.confidence) / 2
    func quantile(_ share: Double) -> [Double?] {
      (0..<points).map { k in
        let sorted = draws.map { $0[k] }.filter(\.isFinite).sorted()
        return sorted.isEmpty ? nil : Bootstrap.quantile(share, of: sorted)
      }
    }
    let mean = Self.mean(sums, counts, Array(repeating: 1, count: distinct.count))
    return MeanCurve(
      count: usable.count, mean: mean.map { $0.isFinite ? $0 : nil }, low: quantile(tail),
      high: quantile(1 - tail))
  }

  private static func mean(_ sums: [[Double]], _ counts: [[Double]], _ weights: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: sums[0].count)
    var count = sum
    for i in weights.indices where weights[i] > 0 {
      for k in sum.indices {
        sum[k] += weights[i] * sums[i][k]
        count[k] += weights[i] * counts[i][k]
      }
    }
    return zip(sum, count).map { $1 > 0 ? $0 / $1 : .nan }
  }
}

extension ResultStore {
  /// The place in the experiment of each metric that this store has a number for.
  func metricIDs(_ manifest: Manifest) throws(StoreError) -> [Int: Int] {
    try read { db in
      var found: [Int: Int] = [:]
      for metric in manifest.metrics.indices {
        if let id = try Self.number(of: manifest.key(ofMetric: metric), db) { found[id] = metric }
      }
      return found
    }
  }
}
