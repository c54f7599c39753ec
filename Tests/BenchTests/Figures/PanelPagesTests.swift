import Figures
import Testing

@testable import Bench

@Suite struct PanelPagesTests {
  private func panel(rows: Int, columns: Int) -> Panel {
    Panel(
      title: "T", columns: (0..<columns).map { "c\($0)" },
      rows: (0..<rows).map { row in
        Panel.Row(title: "r\(row)", cells: (0..<columns).map { .message("\(row) \($0)") })
      })
  }

  @Test func whatFitsIsOnePage() {
    let pages = panel(rows: 16, columns: 12).pages(named: "maps")
    #expect(pages.map(\.name) == ["maps"])
    #expect(pages[0].panel.title == "T")
  }

  /// A folder of 41 photographs, as rows: each is on one page, in order.
  @Test func manyRows() {
    let pages = panel(rows: 41, columns: 4).pages(named: "maps")
    #expect(pages.map(\.name) == ["maps", "maps-page-2", "maps-page-3"])
    #expect(pages.map(\.panel.title) == ["T (1 of 3)", "T (2 of 3)", "T (3 of 3)"])
    #expect(pages.map(\.panel.rows.count) == [13, 14, 14])
    #expect(pages.flatMap { $0.panel.rows.map(\.title) } == (0..<41).map { "r\($0)" })
    #expect(pages.allSatisfy { $0.panel.rows.allSatisfy { $0.cells.count == 4 } })
  }

  @Test func manyColumns() {
    let pages = panel(rows: 2, columns: 25).pages(named: "maps")
    #expect(pages.map(\.panel.columns.count) == [8, 8, 9])
    #expect(pages.flatMap(\.panel.columns) == (0..<25).map { "c\($0)" })
    #expect(
      pages.allSatisfy { page in page.panel.rows.allSatisfy { $0.cells.count == page.panel.columns.count } })
  }
}
