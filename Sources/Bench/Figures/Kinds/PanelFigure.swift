internal import Figures
internal import Foundation
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// Pictures and maps in rows and columns, each of which says what it varies.
struct PanelFigure: FigureKind {
  static let word = "panels"
  static let keys = ["rows", "columns", "cell", "labels"]

  private let rows: [Variation]
  private let columns: [Variation]
  private let cell: Double?
  private let labels: Double?

  /// More would take all memory, and nobody looks at them.
  private static let mostRows = 200

  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    rows = problems.read(try Variation.list(map["rows"], catalogs: catalogs)) ?? []
    columns = problems.read(try Variation.list(map.required("columns"), catalogs: catalogs)) ?? []
    cell = problems.readIfPresent(try map["cell"]?.points())
    labels = problems.readIfPresent(try map["labels"]?.points())
    try problems.check()
  }

  func make(_ frame: FigureFrame, in studio: Studio) throws -> [Product] {
    let rows = try self.rows.variants(in: studio, base: frame.base)
    guard rows.count <= Self.mostRows else {
      throw SettingError("\(rows.count) rows in one figure, at most \(Self.mostRows); give fewer images")
    }
    let columns = try self.columns.variants(in: studio, base: rows[0].setting.over(frame.base))
    let titles = columns.map { Self.title($0, rows[0], frame.base, studio) }
    var sheet = Sheet()
    let drawn = rows.map { row in
      var line = Self.heading(row, frame.base, studio)
      let name = (row.label.map { [$0] } ?? row.parts + (row.namesClass ? [line.title] : []))
        .joined(separator: ", ")
      line.cells = columns.map { column in
        sheet.cell(column.setting.over(row.setting).over(frame.base), row: name, column: column.title, studio)
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

  /// What the places of a figure say, while they are drawn.
  private struct Sheet {
    var numbers = CSV("row", "column", "image", "measure", "value")
    var hasNumbers = false
    var failures: [String] = []

    /// One place, or why there is nothing in it.
    mutating func cell(_ setting: Setting, row: String, column: String, _ studio: Studio) -> Panel.Cell {
      do {
        let place = try PlaceDrawing(setting, in: studio)
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

  /// A row without its cells; where its picture cannot be read the cells say why, and the name of the file stands beside.
  private static func heading(_ row: Variant, _ base: Setting, _ studio: Studio) -> Panel.Row {
    guard row.namesClass else { return Panel.Row(title: row.title, cells: []) }
    guard let request = try? studio.request(of: row.setting.over(base)) else {
      return Panel.Row(
        title: row.label ?? studio.imageName(row.setting.over(base)), details: row.parts, cells: [])
    }
    let words = request.words
    return Panel.Row(
      title: row.label ?? words.name,
      details: row.parts + [words.confidence, request.image.shortName].filter { !$0.isEmpty }, cells: [])
  }

  private static func title(_ column: Variant, _ row: Variant, _ base: Setting, _ studio: Studio) -> String {
    guard column.namesClass, column.label == nil else { return column.title }
    let setting = column.setting.over(row.setting).over(base)
    guard let words = try? studio.request(of: setting).words else {
      return (column.parts + [studio.imageName(setting)]).joined(separator: ", ")
    }
    // Without spaces, so that no line breaks within it.
    let confidence = words.confidence.replacing(" ", with: "")
    let about = [words.name, confidence].filter { !$0.isEmpty }.joined(separator: ", ")
    return (column.parts + [about]).joined(separator: ", ")
  }
}

extension Request {
  /// The class, and how sure the model is of it.
  fileprivate var words: (name: String, confidence: String) {
    guard let probability else { return (className, "") }
    return (className, probability < 0.005 ? "p < 0.01" : String(format: "p = %.2f", Double(probability)))
  }
}
