internal import Figures

extension Panel {
  /// The most rows and columns of a page.
  private static let most = (rows: 16, columns: 12)

  /// The panel on as few pages as hold it, evenly filled: `NAME`, `NAME-page-2` and so on, which their titles count.
  ///
  /// No figure of a paper needs several; a folder with many photographs does.
  func pages(named name: String) -> [(panel: Panel, name: String)] {
    let parts = Self.parts(rows.count, atMost: Self.most.rows).flatMap { rows in
      Self.parts(columns.count, atMost: Self.most.columns).map { (rows: rows, columns: $0) }
    }
    guard parts.count > 1 else { return [(self, name)] }
    return parts.enumerated().map { i, part in
      var page = self
      page.title = "\(title) (\(i + 1) of \(parts.count))"
      page.columns = Array(columns[part.columns])
      page.rows = rows[part.rows].map { row in
        var row = row
        row.cells = Array(row.cells[part.columns])
        return row
      }
      return (page, i == 0 ? name : "\(name)-page-\(i + 1)")
    }
  }

  /// `count` things in as few stretches as possible of nearly the same length.
  private static func parts(_ count: Int, atMost most: Int) -> [Range<Int>] {
    let pages = max((count + most - 1) / most, 1)
    return (0..<pages).map { $0 * count / pages..<($0 + 1) * count / pages }
  }
}
