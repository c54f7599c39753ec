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
    let records = try store.questions()
    let metricIDs = try store.metricIDs(experiment, code: manifest.code)
    return try manifest.models.indices.flatMap { model in
      try experiment.targets.map { target in
        let questions = questions(of: model, target, among: records)
        var setting = RunResults.Setting(
          model: model, modelName: manifest.models[model].name, target: target.description,
          questions: questions,
          units: [], values: [], outcomes: [])
        for method in methods {
          try read(method, model: model, into: &setting, metricIDs: metricIDs)
        }
        return setting
      }
    }
  }

  private func questions(
    of model: Int, _ target: TargetChoice, among records: [QuestionPlace: QuestionRecord]
  ) -> [RunResults.Question] {
    records.values.filter { record in
      guard record.place.model == model, record.place.image < manifest.images.count else { return false }
      return record.place.target == target.description
        || target == .annotated && record.place.target.hasPrefix("\(TargetChoice.annotated):")
    }
    .sorted { ($0.place.image, $0.place.target) < ($1.place.image, $1.place.target) }
    .map {
      RunResults.Question(
        image: $0.place.image, imageName: manifest.images[$0.place.image], target: $0.place.target,
        state: $0.state)
    }
  }

  private func read(
    _ method: MethodChoice, model: Int, into setting: inout RunResults.Setting, metricIDs: [Int64: Int]
  ) throws {
    let key = key(method, model: model)
    var units: [RunResults.Unit?] = []
    var values = columns.map { _ in setting.questions.map { _ in Double.nan } }
    var outcomes: [[Outcome?]] = columns.map { _ in setting.questions.map { _ in nil } }
    try store.read { db in
      for (q, question) in setting.questions.enumerated() {
        guard let asked = question.asked else {
          units.append(nil)
          continue
        }
        guard var unit = try Self.unit(key.digest(asked), db) else {
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

  private func key(_ method: MethodChoice, model: Int) -> UnitKey {
    UnitKey(
      code: manifest.code, model: Digest(hex: manifest.models[model].fingerprint) ?? Digest(of: ""),
      layer: method.layer ?? manifest.models[model].layer, method: method.keyText)
  }

  /// What each method cost on each model.
  func costs() throws -> [[MethodCost?]] {
    try manifest.models.indices.map { model in
      let keys = methods.map { key($0, model: model).cost }
      let found = try store.costs(of: keys)
      return keys.map { found[$0] }
    }
  }

  private static func unit(_ key: Digest, _ db: Database) throws -> (id: Int64, unit: RunResults.Unit)? {
    let find = try db.cachedStatement(sql: "SELECT * FROM units WHERE key = ?")
    guard let row = try Row.fetchOne(find, arguments: [key.data]),
      let outcome = Outcome(rawValue: row["outcome"])
    else { return nil }
    let unit = RunResults.Unit(
      key: key, outcome: outcome, reason: row["reason"],
      passes: Passes(forward: row["forward"], backward: row["backward"]), matched: row["matched"],
      defect: row["defect"])
    return (row["id"], unit)
  }

  private struct Line {
    var metric: Int64
    var part: Int
    var outcome: Outcome
    var value: Double?
    var reason: String?
  }

  private static func scores(of unit: Int64, _ db: Database) throws -> [Line] {
    let find = try db.cachedStatement(
      sql: "SELECT metric, part, outcome, value, reason FROM scores WHERE unit = ?")
    var lines: [Line] = []
    let rows = try Row.fetchCursor(find, arguments: [unit])
    while let row = try rows.next() {
      lines.append(
        Line(
          metric: row[0], part: row[1], outcome: Outcome(rawValue: row[2]) ?? .failed, value: row[3],
          reason: row[4]))
    }
    return lines
  }
}

/// Everything that decides a metric's score of a unit.
struct MetricKey {
  var code: String
  /// The metric's canonical form.
  var text: String
  var seed: UInt64

  init(code: String, metric: any Metric, seed: UInt64) {
    self.init(code: code, text: metric.canonicalJSON, seed: seed)
  }

  init(code: String, text: String, seed: UInt64) {
    self.code = code
    self.text = text
    self.seed = seed
  }

  var digest: Digest {
    Digest {
      $0.add("metric")
      $0.add(code)
      $0.add(text)
      $0.add("\(seed)")
    }
  }
}
