internal import Foundation

/// A table of aligned columns for a terminal.
package struct TextTable {
  package enum Alignment { case left, right }

  package struct Column {
    let title: String
    var alignment = Alignment.left

    package init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  let columns: [Column]
  private var rows: [[String]] = []

  package init(_ columns: Column...) { self.columns = columns }

  /// Adds a row; a shorter one leaves its last cells empty.
  package mutating func add(_ cells: String...) { add(cells) }

  /// Adds a row; a shorter one leaves its last cells empty.
  package mutating func add(_ cells: [String]) {
    precondition(cells.count <= columns.count, "\(cells.count) cells in \(columns.count) columns")
    rows.append(cells + Array(repeating: "", count: columns.count - cells.count))
  }

  /// The table: one line for each row, two spaces between columns, no spaces at the ends of lines.
  package var text: String {
    let header = columns.contains { !$0.title.isEmpty } ? [columns.map(\.title)] : []
    let lines = header + rows
    let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { cells in
      let padded = columns.indices.map { i in
        let padding = String(repeating: " ", count: widths[i] - cells[i].count)
        return columns[i].alignment == .left ? cells[i] + padding : padding + cells[i]
      }
      let line = padded.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
