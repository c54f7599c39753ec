internal import Foundation
internal import GRDB
internal import Metrics

/// What of an experiment a store does not hold.
struct MergeGaps {
  /// Units that are there.
  let found: Int
  /// Units that there should be.
  let expected: Int
  /// A line for each shard with something missing.
  private(set) var descriptions: [String] = []

  private let store: ResultStore
  private let source: MergeSource
  /// The layers that methods were given of their own, and which metrics are computed for which image.
  private let layers: [String?]
  private let metrics: [(key: Digest, images: Set<Int>?)]

  /// Goes through the store.
  ///
  /// - Throws: `StoreError`.
  init(_ store: ResultStore, sources: [MergeSource]) throws {
    self.store = store
    let source = try MergeSource(store.path)
    self.source = source
    layers = source.manifest.methods.indices.map(source.layer)
    metrics = Self.metrics(of: source.manifest)
    expected = source.manifest.requests * source.manifest.methods.count
    found = try Self.count(store, source, layers, metrics)
    guard found < expected else { return }
    descriptions = try absent(sources) + sources.filter { !$0.isComplete }.compactMap { try incomplete($0) }
    if descriptions.isEmpty { descriptions = ["\(expected - found) units belong to no store that was named"] }
  }

  /// The keys of the manifest's metrics, and the images that each is computed for.
  private static func metrics(of manifest: Manifest) -> [(key: Digest, images: Set<Int>?)] {
    let limits = MetricLimits(manifest.experiment)
    return manifest.metrics.indices.map { i in
      (
        manifest.key(ofMetric: i),
        WorkPlan.drawn(limits.images(of: i), of: manifest.images.count, seed: manifest.seed)
      )
    }
  }

  private static func count(
    _ store: ResultStore, _ source: MergeSource, _ layers: [String?],
    _ metrics: [(key: Digest, images: Set<Int>?)]
  ) throws -> Int {
    var found = 0
    try forEachRequest(store) { records in
      for record in records {
        found +=
          try source.manifest.methods.count
          - missing(store, source, record, source.manifest.methods.indices, layers, metrics).count
      }
    }
    return found
  }

  /// The requests of a store, some thousands at a time.
  private static func forEachRequest(_ store: ResultStore, _ body: ([RequestRecord]) throws -> Void) throws {
    var last: (Int, Int, String) = (-1, -1, "")
    while true {
      var records: [RequestRecord] = []
      try store.read { db in
        try StoredRow.each(
          db, in: "requests", "SELECT * FROM requests WHERE (model, image, target) > (?, ?, ?) LIMIT 2000",
          [last.0, last.1, last.2]
        ) { records.append(try RequestRecord($0)) }
      }
      guard let end = records.last?.place else { return }
      last = (end.model, end.image, end.target)
      try body(records)
    }
  }

  /// The methods whose results for a request are missing.
  private static func missing(
    _ store: ResultStore, _ source: MergeSource, _ record: RequestRecord, _ methods: Range<Int>,
    _ layers: [String?],
    _ metrics: [(key: Digest, images: Set<Int>?)]
  ) throws -> [Int] {
    guard case .resolved(let resolved) = record.state else { return [] }
    let place = record.place
    guard source.manifest.models.indices.contains(place.model) else {
      let damage = StoreDamage(
        "requests", "model", found: "\(place.model)",
        expected: "one of \(source.manifest.models.count) models")
      throw StoreError.damaged(path: store.path, damage)
    }
    let wanted = metrics.filter { $0.images?.contains(place.image) ?? true }.map(\.key)
    let keys = methods.map { source.key(of: $0, model: place.model, resolved, layer: layers[$0]) }
    let found = try store.missing(keys.map { (unit: $0, metrics: wanted, map: false) })
    return zip(methods, found).filter { !$1.isNothing }.map(\.0)
  }

  /// The missing shards, if all stores are of one division.
  private func absent(_ sources: [MergeSource]) throws -> [String] {
    let shards = sources.compactMap(\.shard)
    guard let count = shards.first?.count, shards.count == sources.count,
      shards.allSatisfy({ $0.count == count })
    else { return [] }
    let present = Set(shards.map(\.index))
    return (1...count).filter { !present.contains($0) }.map { "shard \($0)/\(count): no store" }
  }

  /// What a store that is not complete lacks, where no other has it.
  private func incomplete(_ part: MergeSource) throws -> String? {
    guard let shard = part.shard else { return nil }
    var (count, first) = (0, String?.none)
    try ResultStore.read(part.path) { db in
      try StoredRow.each(db, in: "assignment", "SELECT * FROM assignment") { row in
        let assignment = try Assignment(row)
        let methods = assignment.methods.clamped(to: source.manifest.methods.indices)
        let missing = try missingMethods(at: assignment.place, methods)
        count += missing.count
        if let method = missing.first, first == nil {
          first = "\(source.name(of: assignment.place)), \(source.manifest.methods[method].name)"
        }
      }
    }
    guard count > 0, let first else { return nil }
    let units = part.meta["shard-units"] ?? "?"
    return "shard \(shard): \(count) of \(units) units missing, the first \(first)"
  }

  private func missingMethods(at place: RequestPlace, _ methods: Range<Int>) throws -> [Int] {
    guard let record = try store.request(at: place) else { return Array(methods) }
    return try Self.missing(store, source, record, methods, layers, metrics)
  }
}

/// To how many images the metrics of a canonical experiment are limited.
private struct MetricLimits {
  private let limits: [Int?]

  init(_ experiment: String) {
    struct Wanted: Decodable {
      struct Metric: Decodable { var images: Int? }
      var metrics: [Metric]
    }
    limits =
      (try? JSONDecoder().decode(Wanted.self, from: Data(experiment.utf8)))?.metrics.map(\.images) ?? []
  }

  func images(of metric: Int) -> Int? { limits.indices.contains(metric) ? limits[metric] : nil }
}
