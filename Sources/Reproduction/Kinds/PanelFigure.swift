internal import Bench
internal import Figures
internal import Foundation
internal import ModelLibrary
internal import SaliencyCore

/// Pictures and maps in rows and columns, each of which says what it varies.
struct PanelFigure: FigureKind {
  static let word = "panels"
  static let keys = ["rows", "columns", "cell", "labels"]

  private let rows: [Variation]
  private let columns: [Variation]
  private let cell: Double?
  private let labels: Double?

  /// More make a bitmap that nobody looks at.
  private static let mostRows = 40

  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    rows = try Variation.list(map["rows"], catalogs: catalogs)
    columns = try Variation.list(map.required("columns"), catalogs: catalogs)
    cell = try map["cell"]?.points()
    labels = try map["labels"]?.points()
  }

  func make(_ frame: FigureFrame, in studio: Studio) throws -> [Product] {
    let rows = try self.rows.variants(in: studio, base: frame.base)
    guard rows.count <= Self.mostRows else {
      throw SettingError("\(rows.count) rows in one figure, at most \(Self.mostRows); give fewer images")
    }
    let columns = try self.columns.variants(in: studio, base: rows[0].setting.over(frame.base))
    var numbers = CSV("row", "column", "image", "measure", "value")
    var failures: [String] = []
    let drawn = try rows.map { row in
      var cells: [Panel.Cell] = []
      for column in columns {
        let setting = column.setting.over(row.setting).over(frame.base)
        do {
          let place = try PlaceDrawing(setting, in: studio)
          cells.append(place.cell)
          for (measure, value) in place.numbers {
            let image = place.question.image.shortName
            numbers.add([row.title, column.title, image, measure, NumberText.exact(value)])
          }
        } catch {
          failures.append("\(error)")
          cells.append(.message("\(error)"))
        }
      }
      return try Self.row(row, cells, frame.base, studio)
    }
    if failures.count == rows.count * columns.count, let first = failures.first { throw SettingError(first) }
    let panel = Panel(
      title: frame.title, columns: try columns.map { try Self.title($0, rows[0], frame.base, studio) },
      rows: drawn, caption: frame.caption)
    let hasNumbers = numbers.text.contains("\n") && numbers.text.split(separator: "\n").count > 1
    return [.panel(panel, name: frame.name, style: style)]
      + (hasNumbers ? [.text(numbers.text, name: frame.name + ".csv")] : [])
  }

  private var style: FigureStyle {
    var style = FigureStyle()
    style.cellWidth = cell ?? style.cellWidth
    style.labelWidth = labels ?? style.labelWidth
    return style
  }

  private static func row(
    _ row: Variant, _ cells: [Panel.Cell], _ base: Setting, _ studio: Studio
  ) throws -> Panel.Row {
    guard row.namesClass else { return Panel.Row(title: row.title, cells: cells) }
    let question = try studio.question(of: row.setting.over(base))
    let words = question.words
    return Panel.Row(
      title: row.label ?? words.name,
      details: row.parts + [words.confidence, question.image.shortName].filter { !$0.isEmpty }, cells: cells)
  }

  private static func title(
    _ column: Variant, _ row: Variant, _ base: Setting, _ studio: Studio
  ) throws -> String {
    guard column.namesClass, column.label == nil else { return column.title }
    let words = try studio.question(of: column.setting.over(row.setting).over(base)).words
    // Without spaces, so that no line breaks within it.
    let confidence = words.confidence.replacing(" ", with: "")
    let about = [words.name, confidence].filter { !$0.isEmpty }.joined(separator: ", ")
    return (column.parts + [about]).joined(separator: ", ")
  }
}

extension Question {
  /// The class, and how sure the model is of it.
  fileprivate var words: (name: String, confidence: String) {
    guard let probability else { return (className, "") }
    return (className, probability < 0.005 ? "p < 0.01" : String(format: "p = %.2f", Double(probability)))
  }
}
