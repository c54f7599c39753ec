internal import Foundation
internal import GRDB
internal import Metrics
internal import SaliencyCore

/// What figures compute: values by metric or measure, and the attributions that they show.
extension ResultStore {
  func save(figureValue score: Score, key: Digest) throws(StoreError) {
    // A number that is not finite has no JSON; it is computed again.
    guard let data = try? JSONEncoder().encode(score) else { return }
    try write {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO figure_values VALUES (?, ?)",
        arguments: [key.data, String(decoding: data, as: UTF8.self)])
    }
  }

  func figureValue(_ key: Digest) throws(StoreError) -> Score? {
    try read { db in
      let sql = "SELECT text FROM figure_values WHERE key = ?"
      let text: String? = try StoredRow.cell(db, in: "figure_values", "text", sql, [key.data])
      return try text.map { text in
        guard let score = try? JSONDecoder().decode(Score.self, from: Data(text.utf8)), !score.values.isEmpty
        else {
          throw StoreDamage(
            "figure_values", "text", found: "\"\(text.prefix(40))\"", expected: "the values of a metric")
        }
        return score
      }
    }
  }

  func save(figureMap attribution: Attribution, key: Digest) throws(StoreError) {
    let map = StoredMap(attribution)
    try write {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO figure_maps VALUES (?, ?, ?, ?, ?)",
        arguments: [
          key.data, map.shape.map(String.init).joined(separator: " "), Data(floats: map.values),
          attribution.matched, attribution.completenessGap.map { Double($0[0]) },
        ])
    }
  }

  func figureMap(_ key: Digest) throws(StoreError) -> Attribution? {
    try read { db in
      let row = try StoredRow.first(
        db, in: "figure_maps", "SELECT shape, floats, matched, gap FROM figure_maps WHERE key = ?", [key.data]
      )
      guard let row else { return nil }
      var attribution = try StoredMap(row).attribution
      attribution.matched = try row.optional("matched")
      let gap: Double? = try row.optional("gap")
      attribution.completenessGap = gap.map { [Float($0)] }
      return attribution
    }
  }
}
