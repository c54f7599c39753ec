internal import Foundation
internal import GRDB
internal import Metrics
internal import SaliencyCore
internal import Support

extension ResultStore {
  /// Makes the store ready for an experiment: what is written by place, not by digest, is deleted if the plan is another.
  ///
  /// From then on this process has a claim on the store itself, until it has written the tables, so that no process with
  /// another experiment describes the run differently before that.
  ///
  /// - Parameter description: The notes that describe the experiment, `experiment` among them.
  /// - Throws: `StoreError.otherExperiment` if a living process works on another experiment, be it one with only another name or
  ///   seed.
  func begin(plan: Digest, describing description: [String: String] = [:]) throws(StoreError) {
    try write { db in
      let isSamePlan = try Self.meta("plan", db) == plan.hex
      let isSame = try isSamePlan && Self.meta("experiment", db) == description["experiment"]
      if !isSame, let other = try self.livingClaims(db).first {
        throw StoreError.otherExperiment(path: self.path, process: "\(other.pid)")
      }
      if !isSamePlan {
        try db.execute(
          sql: "DELETE FROM requests; DELETE FROM pictures; DELETE FROM annotations; DELETE FROM claims")
      }
      for (key, value) in description.merging(["plan": plan.hex], uniquingKeysWith: { $1 }) {
        try db.execute(sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)", arguments: [key, value])
      }
      try self.claim("run \(self.owner.place) \(self.owner.pid) \(self.owner.started)", db)
    }
  }

  func save(_ record: RequestRecord) throws(StoreError) {
    try write { db in
      let place = record.place
      let outcome: Outcome
      var (reason, resolved): (String?, RequestRecord.Resolved?)
      switch record.state {
      case .resolved(let answer): (outcome, resolved) = (.done, answer)
      case .skipped(let words): (outcome, reason) = (.notApplicable, words)
      case .failed(let words): (outcome, reason) = (.failed, words)
      }
      try db.execute(
        sql: "INSERT OR REPLACE INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          place.model, place.image, place.target, record.stamp, outcome.rawValue, reason,
          resolved?.classIndex,
          resolved?.className, resolved?.probability, resolved?.pixels.data, resolved?.annotations.data,
        ])
    }
  }

  func request(at place: RequestPlace) throws(StoreError) -> RequestRecord? {
    try read { try Self.request(at: place, in: "requests", $0) }
  }

  /// - Parameter table: `requests`, or that of an attached store.
  static func request(at place: RequestPlace, in table: String, _ db: Database) throws -> RequestRecord? {
    try StoredRow.first(
      db, in: "requests", "SELECT * FROM \(table) WHERE model = ? AND image = ? AND target = ?",
      [place.model, place.image, place.target]
    ).map(RequestRecord.init)
  }

  /// All saved requests, by place.
  func requests() throws(StoreError) -> [RequestPlace: RequestRecord] {
    try read { db in
      var found: [RequestPlace: RequestRecord] = [:]
      try StoredRow.each(db, in: "requests", "SELECT * FROM requests") { row in
        let record = try RequestRecord(row)
        found[record.place] = record
      }
      return found
    }
  }

  /// Saves an image's annotations.
  func save(annotations: Annotations, model: Int, image: Int) throws(StoreError) {
    let text = String(decoding: (try? JSONEncoder().encode(annotations)) ?? Data(), as: UTF8.self)
    try write {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO annotations VALUES (?, ?, ?)", arguments: [model, image, text])
    }
  }

  /// The annotations of a saved image; nil if it has none.
  func annotations(model: Int, image: Int) throws(StoreError) -> Annotations? {
    let text = try read { db in
      // A store of an earlier version that cannot be written has no such table.
      guard try db.tableExists("annotations") else { return String?.none }
      return try String.fetchOne(
        db, sql: "SELECT text FROM annotations WHERE model = ? AND image = ?", arguments: [model, image])
    }
    return text.flatMap { try? JSONDecoder().decode(Annotations.self, from: Data($0.utf8)) }
  }

  func save(picture: Data, model: Int, image: Int) throws(StoreError) {
    try write {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?)", arguments: [model, image, picture])
    }
  }

  func picture(model: Int, image: Int) throws(StoreError) -> Data? {
    try read {
      try StoredRow.cell(
        $0, in: "pictures", "png", "SELECT png FROM pictures WHERE model = ? AND image = ?", [model, image])
    }
  }
}

extension RequestPlace {
  init(_ row: StoredRow) throws(StoreDamage) {
    self.init(model: try row.value("model"), image: try row.value("image"), target: try row.value("target"))
  }
}

extension RequestRecord {
  init(_ row: StoredRow) throws(StoreDamage) {
    place = try RequestPlace(row)
    stamp = try row.value("stamp")
    let outcome: Outcome = try row.value("outcome")
    switch outcome {
    case .done: state = .resolved(try Resolved(row))
    case .notApplicable: state = .skipped(try row.optional("reason") ?? "")
    case .failed: state = .failed(try row.optional("reason") ?? "")
    }
  }
}

extension RequestRecord.Resolved {
  init(_ row: StoredRow) throws(StoreDamage) {
    let name: String = try row.value("class_name")
    className = name
    // Only a function of classes may be about no single one.
    classIndex = Target.isFunction(name) ? try row.optional("class") : try row.value("class")
    probability = try row.optional("probability")
    pixels = try row.value("pixels")
    annotations = try row.value("annotations")
  }
}
