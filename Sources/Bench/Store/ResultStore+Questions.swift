internal import Foundation
internal import GRDB

extension ResultStore {
  /// Makes the store ready for a plan: what is written by place, not by digest, goes when the plan is another.
  ///
  /// From then on this process has a claim on the store itself, so that none with another plan begins before the first
  /// question is taken.
  /// - Throws: `StoreError.otherExperiment` where a living process is at work on another plan.
  func begin(plan: Digest) throws(StoreError) {
    try write { db in
      let found = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'plan'")
      if found != plan.hex {
        if let other = try self.livingClaims(db).first {
          throw StoreError.otherExperiment(path: self.path, process: "\(other.pid)")
        }
        try db.execute(
          sql: "DELETE FROM questions; DELETE FROM pictures; DELETE FROM annotations; DELETE FROM claims")
        try db.execute(sql: "INSERT OR REPLACE INTO meta VALUES ('plan', ?)", arguments: [plan.hex])
      }
      try self.claim("run \(self.owner.place) \(self.owner.pid) \(self.owner.started)", db)
    }
  }

  func save(_ record: QuestionRecord) throws(StoreError) {
    try write { db in
      let place = record.place
      let outcome: Outcome
      var (reason, asked): (String?, QuestionRecord.Asked?)
      switch record.state {
      case .asked(let answer): (outcome, asked) = (.done, answer)
      case .skipped(let words): (outcome, reason) = (.notApplicable, words)
      case .failed(let words): (outcome, reason) = (.failed, words)
      }
      try db.execute(
        sql: "INSERT OR REPLACE INTO questions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          place.model, place.image, place.target, record.stamp, outcome.rawValue, reason, asked?.classIndex,
          asked?.className, asked?.probability, asked?.pixels.data, asked?.annotations.data,
        ])
    }
  }

  func question(at place: QuestionPlace) throws(StoreError) -> QuestionRecord? {
    try read { db in
      try Row.fetchOne(
        db, sql: "SELECT * FROM questions WHERE model = ? AND image = ? AND target = ?",
        arguments: [place.model, place.image, place.target]
      ).flatMap(Self.record)
    }
  }

  /// Every question that has been asked, by place.
  func questions() throws(StoreError) -> [QuestionPlace: QuestionRecord] {
    try read { db in
      var found: [QuestionPlace: QuestionRecord] = [:]
      let rows = try Row.fetchCursor(db, sql: "SELECT * FROM questions")
      while let row = try rows.next() {
        if let record = Self.record(row) { found[record.place] = record }
      }
      return found
    }
  }

  static func record(_ row: Row) -> QuestionRecord? {
    guard let outcome = Outcome(rawValue: row["outcome"]) else { return nil }
    let place = QuestionPlace(model: row["model"], image: row["image"], target: row["target"])
    let reason: String? = row["reason"]
    let state: QuestionRecord.State
    switch outcome {
    case .done:
      guard let pixels: Data = row["pixels"], let annotations: Data = row["annotations"] else { return nil }
      state = .asked(
        QuestionRecord.Asked(
          classIndex: row["class"], className: row["class_name"], probability: row["probability"],
          pixels: Digest(bytes: Array(pixels)), annotations: Digest(bytes: Array(annotations))))
    case .notApplicable: state = .skipped(reason ?? "")
    case .failed: state = .failed(reason ?? "")
    }
    return QuestionRecord(place: place, stamp: row["stamp"], state: state)
  }

  /// Keeps what is annotated in an image, beside its picture.
  func save(annotations: Annotations, model: Int, image: Int) throws(StoreError) {
    let text = String(decoding: (try? JSONEncoder().encode(annotations)) ?? Data(), as: UTF8.self)
    try write {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO annotations VALUES (?, ?, ?)", arguments: [model, image, text])
    }
  }

  /// What is annotated in an image whose picture was kept; nil where nothing is.
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
      try Data.fetchOne(
        $0, sql: "SELECT png FROM pictures WHERE model = ? AND image = ?", arguments: [model, image])
    }
  }
}
