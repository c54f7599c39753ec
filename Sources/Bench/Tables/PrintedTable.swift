internal import Metrics
internal import SaliencyCore
internal import Support

/// One table as it is printed: some columns of a comparison, with rounded numbers.
///
/// The common form of Markdown, LaTeX and HTML.
struct PrintedTable: Sendable {
  let title: String
  let headings: [Heading]
  let rows: [Row]
  /// What a reader must know: how often there was no number, and why.
  let notes: [String]

  struct Heading: Sendable, Equatable {
    let text: String
    let direction: MetricDirection
    /// `300`, or `120-300` where the methods differ.
    let count: String
  }

  struct Row: Sendable {
    let name: String
    let isControl: Bool
    let cells: [Cell]
  }

  struct Cell: Sendable, Equatable {
    /// nil if there is no number.
    let mean: String?
    let interval: String?
    let isBest: Bool
    /// The exact mean, to sort by.
    let value: Double?
    let count: Int
    /// `0.004`, `< 0.001`: the test against the best.
    let p: String?
  }

  init(_ table: ComparisonTable, title: String, columns: [Int]) {
    self.title = title
    headings = columns.map { Self.heading(table, $0) }
    let formats = columns.map { c in
      NumberText.Format(for: table.methods.indices.compactMap { table.cells[$0][c].mean })
    }
    rows = table.methods.indices.map { m in
      Row(
        name: table.methods[m].title, isControl: table.methods[m].isControl,
        cells: zip(columns, formats).map { c, format in
          let cell = table.cells[m][c]
          let format = cell.mean.map(format.showing) ?? format
          return Cell(
            mean: cell.mean.map { format($0) },
            interval: cell.interval.map { "\(format($0.lowerBound)), \(format($0.upperBound))" },
            isBest: cell.isBest, value: cell.mean, count: cell.count, p: cell.p.map(NumberText.p))
        })
    }
    notes = Self.notes(table, columns)
  }

  private static func heading(_ table: ComparisonTable, _ c: Int) -> Heading {
    let column = table.columns[c]
    let counts = Set(table.cells.map { $0[c].count }).subtracting([0]).sorted()
    let count =
      switch counts.count {
      case 0: "0"
      case 1: "\(counts[0])"
      default: "\(counts[0])–\(counts[counts.count - 1])"
      }
    return Heading(
      text: column.title + (column.unit.isEmpty ? "" : " (\(column.unit))"), direction: column.direction,
      count: count)
  }

  private static func notes(_ table: ComparisonTable, _ columns: [Int]) -> [String] {
    var notes: [String] = []
    for c in columns {
      for (word, path) in [("failed", \ComparisonTable.Cell.failed), ("not applicable", \.notApplicable)] {
        let affected = table.methods.indices.filter { table.cells[$0][c][keyPath: path] > 0 }
        guard !affected.isEmpty else { continue }
        let counts = Set(affected.map { table.cells[$0][c][keyPath: path] })
        let isAlike = counts.count == 1 && affected.count == table.methods.count && affected.count > 2
        let times =
          isAlike
          ? ["every method \(counts.first ?? 0)"]
          : affected.map { "\(table.methods[$0].title) \(table.cells[$0][c][keyPath: path])" }
        notes.append("\(table.columns[c].title), \(word): \(times.joined(separator: ", ")).")
      }
    }
    return notes
  }

  /// The tables of a run, one for each model, target, and category; several where a category has more columns than `widest`.
  static func all(of tables: RunTables, widest: Int = .max) -> [PrintedTable] {
    tables.tables.flatMap { table in
      MetricCategory.allCases.flatMap { category in
        let columns = table.columns.indices.filter { table.columns[$0].category == category }
        let parts = evenParts(columns, widest: widest)
        return parts.enumerated().map { i, part in
          PrintedTable(
            table,
            title: "\(category.rawValue.capitalised): \(table.setting.modelName), "
              + targetWords(table.setting.target) + (parts.count > 1 ? " (\(i + 1) of \(parts.count))" : ""),
            columns: part)
        }
      }
    }
  }

  /// A list cut into as few parts as can be, as even as can be.
  private static func evenParts(_ columns: [Int], widest: Int) -> [[Int]] {
    guard !columns.isEmpty else { return [] }
    let count = (columns.count - 1) / widest + 1
    return (0..<count).map {
      Array(columns[($0 * columns.count / count)..<(($0 + 1) * columns.count / count)])
    }
  }

  /// The model, target and images, in words.
  static func targetWords(_ target: String) -> String {
    switch target {
    case "top": "top prediction"
    case "truth": "true class"
    case "annotated": "every annotated class"
    default: "target \(target)"
    }
  }

  /// The note below a table: what the numbers are.
  static func legend(_ statistics: Statistics) -> String {
    let percent = NumberText.exact(statistics.confidence * 100)
    return
      "Mean [\(percent)% bootstrap interval over images, \(statistics.resamples) resamples]; n: numbers in the mean. "
      + "Bold: the best mean, where a paired permutation test over images (\(statistics.permutations) sign flips, Holm's "
      + "adjustment) tells it from every other method and control at p < \(NumberText.exact(statistics.level)). "
      + "Controls stand below the rule."
  }
}

extension String {
  var capitalised: String { prefix(1).uppercased() + dropFirst() }
}

extension MetricDirection {
  /// The arrow beside a heading.
  var arrow: String {
    switch self {
    case .higher: "↑"
    case .lower: "↓"
    case .none: ""
    }
  }
}
