internal import Figures
internal import Foundation
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// Images and maps in rows and columns.
struct PanelFigure: FigureKind {
  static let word = "panels"
  static let keys = ["rows", "columns", "cell", "labels"]

  private let rows: [Variation]
  private let columns: [Variation]
  private let cell: Double?
  private let labels: Double?

  /// More would take too much memory.
  private static let mostRows = 200

  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    rows = problems.read(try Variation.list(map["rows"], catalogs: catalogs)) ?? []
    columns = problems.read(try Variation.list(map.required("columns"), catalogs: catalogs)) ?? []
    cell = problems.readIfPresent(try map["cell"]?.points())
    labels = problems.readIfPresent(try map["labels"]?.points())
    try problems.check()
  }

  func make(_ frame: FigureFrame, in context: FigureContext) throws -> [Product] {
    let rows = try self.rows.variants(in: context, base: frame.base)
    guard rows.count <= Self.mostRows else {
      throw SettingError("\(rows.count) rows in one figure, at most \(Self.mostRows); give fewer images")
    }
    let columns = try self.columns.variants(in: context, base: rows[0].setting.withDefaults(frame.base))
    let titles = columns.map { Self.title($0, rows[0], frame.base, context) }
    var sheet = Sheet()
    let drawn = rows.map { row in
      var line = Self.heading(row, frame.base, context)
      let name = (row.label.map { [$0] } ?? row.parts + (row.namesClass ? [line.title] : []))
        .joined(separator: ", ")
      line.cells = columns.map { column in
        sheet.cell(
          column.setting.withDefaults(row.setting).withDefaults(frame.base), row: name, column: column.title,
          context)
      }
      return line
    }
    if sheet.failures.count == rows.count * columns.count, let first = sheet.failures.first {
      throw SettingError(first)
    }
    let panel = Panel(title: frame.title, columns: titles, rows: drawn, caption: frame.caption)
    return panel.pages(named: frame.name).map { .panel($0, name: $1, style: style) }
      + (sheet.hasNumbers ? [.text(sheet.numbers.text, name: frame.name + ".csv")] : [])
  }

  /// The numbers and errors of the cells, collected while they are drawn.
  private struct Sheet {
    var numbers = CSV("row", "column", "image", "measure", "value")
    var hasNumbers = false
    var failures: [String] = []

    /// One cell, or the error in its place.
    mutating func cell(_ setting: Setting, row: String, column: String, _ context: FigureContext)
      -> Panel.Cell
    {
      do {
        let place = try PlaceDrawing(setting, in: context)
        for (measure, value) in place.numbers {
          numbers.add([row, column, place.request.image.shortName, measure, NumberText.exact(value)])
          hasNumbers = true
        }
        return place.cell
      } catch {
        failures.append("\(error)")
        return .message("\(error)")
      }
    }
  }

  private var style: FigureStyle {
    var style = FigureStyle()
    style.cellWidth = cell ?? style.cellWidth
    style.labelWidth = labels ?? style.labelWidth
    return style
  }

  /// A row without its cells, named by its file if the image cannot be read.
  private static func heading(_ row: Variant, _ base: Setting, _ context: FigureContext) -> Panel.Row {
    guard row.namesClass else { return Panel.Row(title: row.title, cells: []) }
    guard let request = try? context.request(of: row.setting.withDefaults(base)) else {
      return Panel.Row(
        title: row.label ?? context.imageName(row.setting.withDefaults(base)), details: row.parts, cells: [])
    }
    let words = request.words
    return Panel.Row(
      title: row.label ?? words.name,
      details: row.parts + [words.confidence, request.image.shortName].filter { !$0.isEmpty }, cells: [])
  }

  private static func title(_ column: Variant, _ row: Variant, _ base: Setting, _ context: FigureContext)
    -> String
  {
    guard column.namesClass, column.label == nil else { return column.title }
    let setting = column.setting.withDefaults(row.setting).withDefaults(base)
    guard let words = try? context.request(of: setting).words else {
      return (column.parts + [context.imageName(setting)]).joined(separator: ", ")
    }
    // Without spaces, so that no line breaks within it.
    let confidence = words.confidence.replacing(" ", with: "")
    let about = [words.name, confidence].filter { !$0.isEmpty }.joined(separator: ", ")
    return (column.parts + [about]).joined(separator: ", ")
  }
}

extension OpenRequest {
  /// The class and its probability.
  fileprivate var words: (name: String, confidence: String) {
    guard let probability else { return (shortClassName, "") }
    return (shortClassName, probability < 0.005 ? "p < 0.01" : String(format: "p = %.2f", probability))
  }
}
