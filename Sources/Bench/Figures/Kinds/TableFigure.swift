internal import Foundation
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// Numbers: each row a setting, each column a measure's mean over images, with a bootstrap interval.
struct TableFigure: FigureKind {
  static let word = "table"
  static let keys = ["rows", "over", "columns"]

  private let rows: [Variation]
  /// The images, classes or models that numbers are averaged over.
  private let averaged: [Variation]
  private let columns: [Column]

  struct Column: Sendable {
    var label: String
    var measure: Measure
    var format: Template.Format
    var aggregate: Aggregate
  }

  /// How the numbers of all images become one.
  enum Aggregate: String, Sendable, CaseIterable {
    case mean
    /// The mean of one minus the number, a missing number counting as 0.
    case error
    case largest
  }

  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    rows = problems.read(try Variation.list(map.required("rows"), catalogs: catalogs)) ?? []
    averaged = problems.read(try Variation.list(map["over"], catalogs: catalogs)) ?? []
    let columns = problems.read(
      try map.required("columns").list().map(reading: { value throws(YAMLError) -> Column in
        try Column(reading: value, catalogs: catalogs)
      }))
    self.columns = columns ?? []
    try problems.check()
  }

  func make(_ frame: FigureFrame, in context: FigureContext) throws -> [Product] {
    let rows = try self.rows.variants(in: context, base: frame.base)
    let places = try averaged.variants(in: context, base: frame.base)
    var samples = rows.map { _ in columns.map { _ in [Sample]() } }
    var failures = rows.map { _ in [String]() }
    var reasons: [String] = []
    // Images are the outer loop, so that rows share forward passes.
    for (p, place) in places.enumerated() {
      for (r, row) in rows.enumerated() {
        let setting = row.setting.withDefaults(place.setting).withDefaults(frame.base)
        do {
          for (c, found) in try values(of: setting, in: context).enumerated() {
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
      zip(columns, row).map { $0.aggregate == .largest ? Mean(largestOf: $1) : Mean($1, seed: context.seed) }
    }
    let only = onlyImage(of: rows, places, frame.base, context)
    return [
      .text(csv(rows, cells), name: frame.name + ".csv"),
      .text(
        markdown(frame, rows, cells) + (only.map { "\n\($0)\n" } ?? "")
          + Self.missing(rows, failures, of: places.count),
        name: frame.name + ".md"),
    ] + (only.map { [.remark("\(frame.name): \($0)")] } ?? [])
  }

  /// A remark that only one image is measured, if no setting names images; nil otherwise.
  private func onlyImage(
    of rows: [Variant], _ places: [Variant], _ base: Setting, _ context: FigureContext
  ) -> String? {
    let settings = rows.flatMap { row in
      places.map { row.setting.withDefaults($0.setting).withDefaults(base) }
    }
    guard context.images.count > 1, settings.allSatisfy({ $0.image == nil }), let first = context.images.first
    else { return nil }
    return
      "Only the first of \(context.images.count) images, \(first.shortName), is measured: nothing names images; "
      + "add images to \"over\", as in over: { images: all }."
  }

  private static func nothing(_ reasons: [String]) -> String {
    "there is no number for any of its rows" + (reasons.first.map { ": \($0)" } ?? "")
  }

  private func values(of setting: Setting, in context: FigureContext) throws -> [MeasuredValue] {
    let request = try context.request(of: setting)
    return try columns.map { column in
      let found = try context.value(column.measure, of: setting)
      guard column.aggregate == .error else { return found }
      // An image without annotations has no error.
      return request.annotations == nil
        ? .none("nothing is annotated in the image") : .number(1 - (found.number ?? 0))
    }
  }

  /// The rows with missing numbers, and the reason: a method that does not suit the model, an unreadable image.
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

  /// `n = 200`, or `n = 0–200` where rows differ.
  private static func count(_ counts: [Int]) -> String {
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    return least == most ? "n = \(least)" : "n = \(least)–\(most)"
  }

  private func markdown(_ frame: FigureFrame, _ rows: [Variant], _ cells: [[Mean]]) -> String {
    let head = [""] + columns.map(\.label)
    let body = zip(rows, cells).map { row, means in
      [row.title] + zip(columns, means).map { $1.text($0.format) }
    }
    let counts = [""] + columns.indices.map { c in Self.count(cells.map { $0[c].count }) }
    let lines = [head, ["---"] + columns.map { _ in "---:" }, counts] + body
    let note = "Mean [95% bootstrap interval over images]; n: numbers in the mean."
    return (frame.title.isEmpty ? "" : "# \(frame.title)\n\n")
      + lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined() + "\n\(note)\n"
      + (frame.caption.isEmpty ? "" : "\n\(frame.caption)\n")
  }
}

extension TableFigure.Column {
  fileprivate init(reading value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    let map = try problems.map(value, keys: ["label", "measure", "format", "as"])
    let measure = problems.read(try map.required("measure").measure(catalogs.metrics))
    label = problems.readIfPresent(try (map["label"] ?? map["measure"])?.text()) ?? ""
    format =
      problems.readIfPresent(
        try map["format"].map { value throws(YAMLError) in
          guard let read = Template.Format(try value.text()[...]) else {
            throw value.wanted("\"percent\", a number of digits, or one with \"g\"")
          }
          return read
        }) ?? .digits(2)
    aggregate = problems.readIfPresent(try map["as"]?.word()) ?? .mean
    try problems.check()
    guard let measure else { throw value.wanted("a column of a table") }
    self.measure = measure
  }
}
