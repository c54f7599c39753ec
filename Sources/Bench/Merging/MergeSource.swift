internal import Configuration
internal import Foundation
internal import GRDB
internal import SaliencyCore
internal import Support

/// A store to merge, with its description.
struct MergeSource: Sendable {
  /// The SQLite file.
  let path: String
  let manifest: Manifest
  /// The digest of the plan it was computed for.
  let plan: String
  /// nil for a whole run.
  let shard: Shard?
  let isComplete: Bool
  /// What tells whether it has changed since it was merged: how many units and requests there are, and when it was last at work.
  let stamp: String
  /// Its other notes.
  let meta: [String: String]

  /// Reads a store's description; changes nothing.
  ///
  /// - Parameter first: A store whose manifest is taken where this one's is the same: with the names of a million images in it, one
  ///   for a thousand shards is enough.
  /// - Throws: `MergeError.noStore`, `StoreError`.
  init(_ path: String, like first: MergeSource? = nil) throws {
    self.path = path
    guard FileManager.default.fileExists(atPath: path) else {
      throw MergeError.noStore(path: path.enclosingFolder)
    }
    let meta = try Self.notes(path)
    self.meta = meta
    stamp = try ResultStore.read(path) { db in
      let units: Int = try StoredRow.cell(db, in: "units", "id", "SELECT MAX(id) FROM units") ?? 0
      let requests = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM requests") ?? 0
      // Not the file's own time: SQLite may write to it when somebody has only read.
      return "\(units) \(requests) \(meta["progress-at"] ?? "")"
    }
    let known = first.flatMap { first in
      meta["manifest-digest"].map { $0 == first.meta["manifest-digest"] } == true ? first.manifest : nil
    }
    guard let plan = meta["plan"], let manifest = try known ?? Self.manifest(path) else {
      throw StoreError.notAStore(path: path, reason: "no run has begun in it")
    }
    guard meta["format"] == "\(ResultStore.format)" else {
      throw StoreError.notAStore(
        path: path,
        reason: "its format is \(meta["format"] ?? "unknown"), this version reads \(ResultStore.format)")
    }
    self.manifest = manifest
    self.plan = plan
    shard = meta["shard"].flatMap { try? Shard(parsing: $0) }
    isComplete = meta["progress-state"] == ShardState.done.rawValue
  }

  /// The short notes of a store, which leave out the manifest.
  ///
  /// - Throws: `StoreError`.
  static func notes(_ path: String) throws(StoreError) -> [String: String] {
    try ResultStore.read(path) { db in
      var notes: [String: String] = [:]
      try StoredRow.each(
        db, in: "meta", "SELECT key, value FROM meta WHERE key NOT IN ('manifest', 'experiment')"
      ) { row in
        let key: String = try row.value("key")
        notes[key] = try row.value("value")
      }
      return notes
    }
  }

  private static func manifest(_ path: String) throws(StoreError) -> Manifest? {
    try ResultStore.read(path) { try ResultStore.meta("manifest", $0).map(Manifest.init(stored:)) }
  }

  /// What the folder is called in messages.
  var label: String { path.enclosingFolder }

  /// A request in words: model, image, target.
  func name(of place: RequestPlace) -> String {
    guard manifest.models.indices.contains(place.model), manifest.images.indices.contains(place.image) else {
      return "request \(place.model), \(place.image), \(place.target)"
    }
    return "\(manifest.models[place.model].name), \(manifest.images[place.image]), \(place.target)"
  }

  /// What a unit is kept under.
  func key(of method: Int, model: Int, _ resolved: RequestRecord.Resolved, layer: String?) -> Digest {
    UnitKey(manifest, method: method, layer: layer, model: model).digest(resolved)
  }

  /// A difference between units, with the unit's name.
  func difference(_ found: StoreTransfer.Difference, against target: String) -> MergeError {
    let unit = (try? name(of: found.unit)) ?? "unit \(found.unit.hex.prefix(12))"
    let metric = found.metric.flatMap { key in
      try? ResultStore.read(path) { db -> String? in
        try StoredRow.cell(db, in: "metrics", "text", "SELECT text FROM metrics WHERE key = ?", [key.data])
      }
    }
    return .differs(
      what: "\(unit)\(metric.map { ", \($0)" } ?? "")", first: "the stores before it", firstValue: found.here,
      second: label, secondValue: found.there,
      advice:
        "equal programs on equal pictures cannot differ, so one file is damaged or one machine computes "
        + "wrongly; compute the shard again")
  }

  /// The name of a unit, found by going through the requests.
  private func name(of unit: Digest) throws -> String? {
    try ResultStore.read(path) { db in
      var name: String?
      try StoredRow.each(db, in: "requests", "SELECT * FROM requests") { row in
        let record = try RequestRecord(row)
        guard name == nil, case .resolved(let resolved) = record.state,
          manifest.models.indices.contains(record.place.model)
        else { return }
        let method = manifest.methods.indices.first {
          key(of: $0, model: record.place.model, resolved, layer: layer(of: $0)) == unit
        }
        if let method { name = "\(self.name(of: record.place)), \(manifest.methods[method].name)" }
      }
      return name
    }
  }

  /// The layer that a method was given of its own.
  func layer(of method: Int) -> String? {
    let tree = try? JSONDecoder().decode(
      ParameterTree.self, from: Data(manifest.methods[method].configuration.utf8))
    guard case .map(let fields) = tree, case .string(let layer) = fields["layer"] else { return nil }
    return layer
  }
}
