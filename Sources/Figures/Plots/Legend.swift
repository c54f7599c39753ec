/// The names of series, each beside a sample of its line or marker, in columns.
struct Legend {
  struct Entry {
    var name: String
    var sample: Sample
  }

  /// Draws a sample around a centre.
  typealias Sample = (Position) -> [Shape]

  let entries: [Entry]
  let text: TextStyle
  /// The room for a sample.
  let sampleWidth: Double

  private let gap = 3.0
  private let columnGap = 10.0

  /// Entries from top to bottom, then in the next column.
  struct Arrangement {
    var columns: [[Int]]
    var widths: [Double]
    var size: (width: Double, height: Double)
  }

  /// The entries in as few rows as fit into a width; a name that is wider is cut off.
  func arranged(in width: Double, on canvas: Canvas, mostColumns: Int = 6) -> Arrangement {
    for count in stride(from: min(mostColumns, entries.count), to: 1, by: -1) {
      let arrangement = arrangement(columns: count, on: canvas)
      if arrangement.size.width <= width { return arrangement }
    }
    var single = arrangement(columns: 1, on: canvas)
    if let widest = single.widths.first, widest > width {
      single.widths = [width]
      single.size.width = width
    }
    return single
  }

  private func arrangement(columns count: Int, on canvas: Canvas) -> Arrangement {
    let rows = max((entries.count + count - 1) / max(count, 1), 1)
    let columns = stride(from: 0, to: entries.count, by: rows).map { first in
      Array(first..<min(first + rows, entries.count))
    }
    let widths = columns.map { column in
      // A little more than measured, so that no rounding cuts a name off.
      sampleWidth + gap + 0.01
        + (column.map { canvas.measure(TextFitting.cleaned(entries[$0].name), text) }.max() ?? 0)
    }
    let width = widths.reduce(0, +) + columnGap * Double(max(columns.count - 1, 0))
    let height = Double(min(rows, entries.count)) * canvas.lineHeight(text)
    return Arrangement(columns: columns, widths: widths, size: (width, height))
  }

  /// Draws an arrangement with its top left corner at (x, y).
  func draw(_ arrangement: Arrangement, x: Double, y: Double, on canvas: inout Canvas) {
    let height = canvas.lineHeight(text)
    var left = x
    for (column, width) in zip(arrangement.columns, arrangement.widths) {
      for (row, index) in column.enumerated() {
        let top = y + Double(row) * height
        for shape in entries[index].sample(Position(x: left + sampleWidth / 2, y: top + height / 2)) {
          canvas.draw(shape)
        }
        canvas.line(
          entries[index].name, text, x: left + sampleWidth + gap, y: top, width: width - sampleWidth - gap)
      }
      left += width + columnGap
    }
  }
}
