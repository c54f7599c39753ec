internal import Configuration
internal import Foundation
internal import GRDB
internal import Metrics
internal import SaliencyCore

/// Stores of shards with made-up numbers, as large as one likes: what merging and tables are measured on.
///
/// Everything else is as a run writes it: an experiment, requests, units under their keys, scores, curves.
package struct SyntheticShards {
  package let experiment: Experiment
  package let images: Int
  package let shards: Int
  /// How many points the curves of a unit have in all; 0 for no curves.
  package let points: Int

  package init(_ experiment: Experiment, images: Int, shards: Int, points: Int) {
    self.experiment = experiment
    self.images = images
    self.shards = shards
    self.points = points
  }

  private var choices: [MethodChoice] { experiment.methods + experiment.controls }
  private static let code = "synthetic"

  /// How many rows of scores a unit has.
  package var rowsOfUnit: Int {
    experiment.metrics.reduce(0) { $0 + type(of: $1.metric).descriptor.values.count }
  }

  package var unitCount: Int { images * choices.count }

  private var manifest: Manifest {
    Manifest(
      program: "synthetic", command: "", processor: "", experiment: experiment.canonicalJSON,
      requests: images,
      code: Self.code, seed: experiment.seed,
      models: [
        Manifest.Model(
          name: "model", file: "model.h5", fingerprint: Digest(of: "model").hex, layer: nil, classes: 1000)
      ], images: (0..<images).map { "ILSVRC2012_val_\($0).JPEG" },
      methods: choices.enumerated().map { i, choice in
        Manifest.Element(
          name: choice.name, isControl: i >= experiment.methods.count, paper: "",
          configuration: choice.keyText)
      },
      metrics: experiment.metrics.map {
        Manifest.Element(name: $0.name, isControl: nil, paper: "", configuration: $0.metric.canonicalJSON)
      })
  }

  /// Writes the store of a shard into its folder, as a copy on a shared file system is: one file, no log; where it is there, nothing.
  package func write(_ index: Int, to run: String) throws {
    let shard = try Shard(index, of: shards)
    let folder = ShardFolder(run).folder(of: shard)
    try DiskSpace.prepare(folder)
    let path = RunFolder(folder).storePath
    guard !FileManager.default.fileExists(atPath: path) else { return }
    let building = path + ".building"
    let store = try ResultStore(path: building)
    let mine = ((index - 1) * images / shards)..<(index * images / shards)
    try describe(store, shard, mine.count)
    try store.write { db in
      let request = try db.makeStatement(
        sql: "INSERT INTO requests VALUES (0, ?, 'top', '1 1', 0, NULL, ?, ?, 0.5, ?, ?)")
      let assign = try db.makeStatement(sql: "INSERT INTO assignment VALUES (0, ?, 'top', 0, ?)")
      let unit = try db.makeStatement(
        sql: "INSERT INTO units (key, outcome, forward, backward) VALUES (?, 0, 0, 1)")
      for image in mine {
        let resolved = RequestRecord.Resolved(
          classIndex: image % 1000, className: "class \(image % 1000)", probability: 0.5,
          pixels: Digest(of: "\(image)"), annotations: Digest(of: "none"))
        try request.execute(arguments: [
          image, resolved.classIndex, resolved.className, resolved.pixels.data, resolved.annotations.data,
        ])
        try assign.execute(arguments: [image, choices.count])
        for choice in choices {
          let key = UnitKey(
            code: Self.code, model: Digest(of: "model"), layer: choice.layer, method: choice.keyText)
          try unit.execute(arguments: [key.digest(resolved).data])
        }
      }
      try fill(db)
    }
    try store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try store.database.close()
    try DurableFile.move(building, to: path)
  }

  private func describe(_ store: ResultStore, _ shard: Shard, _ images: Int) throws {
    let units = "\(images * choices.count)"
    try store.setMeta([
      "manifest": manifest.json, "manifest-digest": manifest.digest.hex,
      "experiment": experiment.canonicalJSON, "plan": Digest(of: "plan").hex,
      "shard": "\(shard)", "part": "shard \(shard)", "shard-units": units, "plan-units": "\(unitCount)",
      "progress-state": ShardState.done.rawValue, "progress-done": units,
    ])
    try store.register(
      metrics: experiment.metrics.map {
        (
          MetricKey(code: Self.code, text: $0.metric.canonicalJSON, seed: experiment.seed).digest,
          $0.metric.canonicalJSON
        )
      })
    try store.write { db in try ResultStore.makeAssignment(db) }
  }

  /// Scores and curves of all units, made by SQLite: numbers that look drawn.
  private func fill(_ db: Database) throws {
    for (i, metric) in experiment.metrics.enumerated() {
      for part in type(of: metric.metric).descriptor.values.indices {
        try db.execute(
          sql:
            "CREATE TEMP TABLE IF NOT EXISTS parts (metric INTEGER, part INTEGER, PRIMARY KEY (metric, part))"
        )
        try db.execute(sql: "INSERT INTO parts VALUES (?, ?)", arguments: [i + 1, part])
      }
    }
    try db.execute(
      sql: """
        INSERT INTO scores SELECT u.id, p.metric, p.part, 0,
          ABS((u.id * 2654435761 + p.metric * 40503 + p.part * 7919) % 1000003) / 1000003.0, NULL
        FROM units u CROSS JOIN parts p ORDER BY u.id, p.metric, p.part;
        DROP TABLE parts;
        """)
    guard points > 0 else { return }
    let axis = Curve(
      "curve", xTitle: "", yTitle: "", x: (0..<points).map(Double.init),
      y: Array(repeating: nil, count: points))
    let text = String(decoding: try JSONEncoder().encode(axis), as: UTF8.self)
    try db.execute(
      sql: "INSERT INTO axes (key, text) VALUES (?, ?)", arguments: [Digest(of: text).data, text])
    try db.execute(
      sql: "INSERT INTO curves SELECT id, 1, 0, 1, zeroblob(?) FROM units ORDER BY id",
      arguments: [4 * points])
  }
}

/// The size of a store on disk, and what this process holds: what scale is measured by.
package enum ScaleMeasures {
  package static func bytes(ofStoreIn folder: String) -> Int {
    let path = RunFolder(folder).storePath
    return ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int) ?? 0
  }

  package static func rows(ofStoreIn folder: String) throws -> Int {
    try ResultStore.read(RunFolder(folder).storePath) {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM scores") ?? 0
    }
  }

  /// Resets the peak.
  package static func resetPeakMemory() { _ = ResidentMemory.resetPeak() }

  package static var peakMemory: Int? { ResidentMemory.peak }
}
