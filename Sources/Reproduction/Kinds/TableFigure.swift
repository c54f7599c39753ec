internal import Bench
internal import Foundation
internal import ModelLibrary
internal import SaliencyCore

/// Numbers: each row a setting, each column a measure's mean over images, with a bootstrap interval.
struct TableFigure: FigureKind {
  static let word = "table"
  static let keys = ["rows", "over", "columns"]

  private let rows: [Variation]
  /// What is averaged over.
  private let over: [Variation]
  private let columns: [Column]

  struct Column: Sendable {
    var label: String
    var measure: Measure
    var format: Template.Format
    var aggregate: Aggregate
  }

  /// How numbers about images become one.
  enum Aggregate: String, Sendable, CaseIterable {
    case mean
    /// The mean of one minus the number, a missing number counting as 0.
    case error
    case largest
  }

  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    rows = try Variation.list(map.required("rows"), catalogs: catalogs)
    over = try Variation.list(map["over"], catalogs: catalogs)
    columns = try map.required("columns").list().map(reading: { value throws(YAMLError) -> Column in
      try Column(reading: value, catalogs: catalogs)
    })
  }

  func make(_ frame: FigureFrame, in studio: Studio) throws -> [Product] {
    let rows = try self.rows.variants(in: studio, base: frame.base)
    let places = try over.variants(in: studio, base: frame.base)
    var samples = rows.map { _ in columns.map { _ in [Sample]() } }
    var failures = rows.map { _ in [String]() }
    var reasons: [String] = []
    // Images are the outer loop, so that rows share forward passes.
    for (p, place) in places.enumerated() {
      for (r, row) in rows.enumerated() {
        let setting = row.setting.over(place.setting).over(frame.base)
        do {
          for (c, found) in try findings(of: setting, in: studio).enumerated() {
            switch found {
            case .number(let value): samples[r][c].append(Sample(image: p, value: value))
            case .none(let reason): reasons.append(reason)
            case .word: break
            }
          }
        } catch {
          failures[r].append("\(error)")
        }
      }
    }
    if samples.allSatisfy({ $0.allSatisfy(\.isEmpty) }) {
      throw SettingError(failures.lazy.flatMap(\.self).first ?? Self.nothing(reasons))
    }
    let cells = samples.map { row in
      zip(columns, row).map { $0.aggregate == .largest ? Mean(largestOf: $1) : Mean($1, seed: studio.seed) }
    }
    return [
      .text(csv(rows, cells), name: frame.name + ".csv"),
      .text(
        markdown(frame, rows, cells) + Self.missing(rows, failures, of: places.count),
        name: frame.name + ".md"),
    ]
  }

  private static func nothing(_ reasons: [String]) -> String {
    "there is no number for any of its rows" + (reasons.first.map { ": \($0)" } ?? "")
  }

  private func findings(of setting: Setting, in studio: Studio) throws -> [Finding] {
    let needsMap = columns.contains { !$0.measure.isAboutQuestion }
    let answer = needsMap ? try studio.answer(to: setting) : nil
    let question = try answer?.question ?? studio.question(of: setting)
    let needsOther = columns.contains { $0.measure.isComparison }
    let other = needsOther ? try studio.compared(setting).map { try studio.answer(to: $0) } : nil
    return try columns.map { column in
      let found = try column.measure(question, answer, against: other)
      guard column.aggregate == .error else { return found }
      // If nothing at all is annotated, nothing was missed.
      return question.annotations == nil
        ? .none("nothing is annotated in the image") : .number(1 - (found.number ?? 0))
    }
  }

  /// What there are no numbers of, and why: a method that does not suit the model, a picture that cannot be read.
  private static func missing(_ rows: [Variant], _ failures: [[String]], of count: Int) -> String {
    zip(rows, failures).map { row, reasons in
      guard let first = reasons.first else { return "" }
      return "\nNot measured: \(row.title), \(reasons.count) of \(count) images: \(first)\n"
    }.joined()
  }

  private func csv(_ rows: [Variant], _ cells: [[Mean]]) -> String {
    var csv = CSV("row", "column", "mean", "low", "high", "n")
    for (row, means) in zip(rows, cells) {
      for (column, mean) in zip(columns, means) {
        csv.add(
          [row.title, column.label, mean.value.map(NumberText.exact) ?? ""]
            + [mean.interval?.lowerBound, mean.interval?.upperBound].map { $0.map(NumberText.exact) ?? "" }
            + ["\(mean.count)"])
      }
    }
    return csv.text
  }

  private func markdown(_ frame: FigureFrame, _ rows: [Variant], _ cells: [[Mean]]) -> String {
    let head = [""] + columns.map(\.label)
    let body = zip(rows, cells).map { row, means in
      [row.title] + zip(columns, means).map { $1.text($0.format) }
    }
    let lines = [head, ["---"] + columns.map { _ in "---:" }] + body
    let counts = Set(cells.flatMap { $0.map(\.count) }).sorted().map(String.init).joined(separator: ", ")
    let note = "Mean [95% bootstrap interval over images]; n = \(counts)."
    return (frame.title.isEmpty ? "" : "# \(frame.title)\n\n")
      + lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined() + "\n\(note)\n"
      + (frame.caption.isEmpty ? "" : "\n\(frame.caption)\n")
  }
}

extension TableFigure.Column {
  fileprivate init(reading value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    let map = try value.map(keys: ["label", "measure", "format", "as"])
    let text = try map.required("measure")
    label = try (map["label"] ?? text).text()
    measure = try text.measure(catalogs.metrics)
    format = .digits(2)
    if let value = map["format"] {
      guard let read = Template.Format(try value.text()[...]) else {
        throw value.wanted("\"percent\", a number of digits, or one with \"g\"")
      }
      format = read
    }
    aggregate = try map["as"]?.word() ?? .mean
  }
}
