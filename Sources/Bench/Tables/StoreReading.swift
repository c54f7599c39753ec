internal import Foundation
internal import GRDB
internal import SaliencyCore

/// Reads the results of an experiment out of a store, by the keys they must have.
struct StoreReading {
  private let store: ResultStore
  private let manifest: Manifest
  private let experiment: Experiment
  private let columns: [RunResults.Column]
  private let methods: [MethodChoice]
  /// For each metric the places of its columns, by part.
  private let places: [[Int]]

  init(_ store: ResultStore, manifest: Manifest, experiment: Experiment, columns: [RunResults.Column]) {
    self.store = store
    self.manifest = manifest
    self.experiment = experiment
    self.columns = columns
    methods = experiment.methods + experiment.controls
    places = experiment.metrics.indices.map { metric in
      columns.indices.filter { columns[$0].metric == metric }
    }
  }

  func settings() throws -> [RunResults.Setting] {
    let records = try store.requests()
    let metricIDs = try store.metricIDs(manifest)
    return try manifest.models.indices.flatMap { model in
      try experiment.targets.map { target in
        let requests = requests(of: model, target, among: records)
        var setting = RunResults.Setting(
          model: model, modelName: manifest.models[model].name, target: target.description,
          requests: requests,
          units: [], values: [], outcomes: [])
        for method in methods.indices {
          try read(method, model: model, into: &setting, metricIDs: metricIDs)
        }
        return setting
      }
    }
  }

  private func requests(
    of model: Int, _ target: TargetChoice, among records: [RequestPlace: RequestRecord]
  ) -> [RunResults.Request] {
    records.values.filter { record in
      guard record.place.model == model, record.place.image < manifest.images.count else { return false }
      return record.place.target == target.description
        || target == .annotated && record.place.target.hasPrefix("\(TargetChoice.annotated):")
    }
    .sorted { ($0.place.image, $0.place.target) < ($1.place.image, $1.place.target) }
    .map {
      RunResults.Request(
        image: $0.place.image, imageName: manifest.images[$0.place.image], target: $0.place.target,
        state: $0.state)
    }
  }

  private func read(
    _ method: Int, model: Int, into setting: inout RunResults.Setting, metricIDs: [Int: Int]
  ) throws {
    let key = key(method, model: model)
    var units: [RunResults.Unit?] = []
    var values = columns.map { _ in setting.requests.map { _ in Double.nan } }
    var outcomes: [[Outcome?]] = columns.map { _ in setting.requests.map { _ in nil } }
    try store.read { db in
      for (q, request) in setting.requests.enumerated() {
        guard let resolved = request.resolved else {
          units.append(nil)
          continue
        }
        guard var unit = try Self.unit(key.digest(resolved), db) else {
          units.append(nil)
          continue
        }
        for row in try Self.scores(of: unit.id, db) {
          guard let metric = metricIDs[row.metric], row.part < places[metric].count else { continue }
          let column = places[metric][row.part]
          values[column][q] = row.value ?? .nan
          outcomes[column][q] = row.outcome
          if let reason = row.reason { unit.unit.reasons[metric] = reason }
        }
        units.append(unit.unit)
      }
    }
    setting.units.append(units)
    setting.values.append(values)
    setting.outcomes.append(outcomes)
  }

  /// What the run's own program kept a method's results under: this one may be another build.
  private func key(_ method: Int, model: Int) -> UnitKey {
    UnitKey(manifest, method: method, layer: methods[method].layer, model: model)
  }

  /// What each method cost on each model.
  func costs() throws -> [[MethodCost?]] {
    try manifest.models.indices.map { model in
      let keys = methods.indices.map { key($0, model: model).cost }
      let found = try store.costs(of: keys)
      return keys.map { found[$0] }
    }
  }

  private static func unit(_ key: Digest, _ db: Database) throws -> (id: Int, unit: RunResults.Unit)? {
    guard let row = try StoredRow.first(db, in: "units", "SELECT * FROM units WHERE key = ?", [key.data])
    else {
      return nil
    }
    let unit = RunResults.Unit(
      key: key, outcome: try row.value("outcome"), reason: try row.optional("reason"),
      passes: Passes(forward: try row.value("forward"), backward: try row.value("backward")),
      matched: try row.optional("matched"), defect: try row.optional("defect"))
    return (try row.value("id"), unit)
  }

  private struct Line {
    let metric: Int
    let part: Int
    let outcome: Outcome
    let value: Double?
    let reason: String?

    init(_ row: StoredRow) throws(StoreDamage) {
      metric = try row.value("metric", at: 0)
      part = try row.value("part", at: 1)
      outcome = try row.value("outcome", at: 2)
      value = try row.optional("value", at: 3)
      reason = try row.optional("reason", at: 4)
    }
  }

  private static func scores(of unit: Int, _ db: Database) throws -> [Line] {
    var lines: [Line] = []
    try StoredRow.each(
      db, in: "scores", "SELECT metric, part, outcome, value, reason FROM scores WHERE unit = ?", [unit]
    ) { lines.append(try Line($0)) }
    return lines
  }
}

/// Everything that decides a metric's score of a unit.
struct MetricKey {
  /// The toolkit's version, and the metric's.
  var code: String
  /// The metric's canonical form.
  var text: String
  var seed: UInt64

  var digest: Digest {
    Digest {
      $0.add("metric")
      $0.add(code)
      $0.add(text)
      $0.add("\(seed)")
    }
  }
}
