import Imaging
import Support

/// The maps of a panel as pictures, made at the same time.
struct RenderedCells {
  private let maps: [RenderedMap?]
  private let columns: Int

  init(_ panel: Panel) {
    let columns = panel.columns.count
    let cells = panel.rows.flatMap { row in (0..<columns).map { $0 < row.cells.count ? row.cells[$0] : nil } }
    maps = WorkerThread.map(cells.count) { i in
      guard case .map(let map, let style, let background)? = cells[i]?.content else { return nil }
      return map.rendered(style, over: background)
    }
    self.columns = columns
  }

  /// Nil where the cell holds no map.
  subscript(row row: Int, column column: Int) -> RenderedMap? { maps[row * columns + column] }
}
