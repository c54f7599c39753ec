import Imaging
import SaliencyCore

/// Puts the parts of a panel in their places.
///
///     title
///                 column   column   column
///     row label   [cell]   [cell]   [cell]
///                  note
///     caption
///     colour bars
struct PanelLayout {
  let panel: Panel
  let style: FigureStyle

  var canvas: Canvas
  var labelWidth = 0.0
  var colorBars: [ColorBar] = []
  /// Messages that did not fit into their cells, and are written out below the caption.
  var cutMessages: [String] = []
  let rendered: RenderedCells

  init(_ panel: Panel, style: FigureStyle, measure: @escaping (String, TextStyle) -> Double) {
    self.panel = panel
    rendered = RenderedCells(panel)
    self.style = style
    canvas = Canvas(measure: measure)
  }

  private var title: TextStyle { TextStyle(size: style.titleSize, isBold: true) }
  private var heading: TextStyle { TextStyle(size: style.textSize) }
  private var rowTitle: TextStyle { TextStyle(size: style.textSize, isBold: true) }
  var small: TextStyle { TextStyle(size: style.smallSize, grey: Palette.smallText) }
  private var body: TextStyle { TextStyle(size: style.textSize) }

  var innerWidth: Double {
    let count = Double(panel.columns.count)
    return labelWidth + count * style.cellWidth + (count - 1) * style.gutter
  }

  func left(ofColumn index: Int) -> Double {
    style.margin + labelWidth + Double(index) * (style.cellWidth + style.gutter)
  }

  /// The finished page.
  ///
  /// It is as large as its content, so that it goes into a paper without cropping.
  mutating func drawing() -> Drawing {
    labelWidth = neededLabelWidth()
    var y = style.margin
    y += canvas.block(
      panel.title, title, x: style.margin, y: y, width: innerWidth, lines: 2, gapAfter: style.gutter)
    y += columnTitles(y: y)
    for index in panel.rows.indices {
      y += place(row: index, y: y)
      if index + 1 < panel.rows.count { y += style.gutter }
    }
    if panel.showsColorBars && !colorBars.isEmpty {
      y += 2 * style.gutter
      y += placeColorBars(y: y)
    }
    if !panel.caption.isEmpty {
      y += 1.6 * style.gutter
      y += canvas.block(panel.caption, body, x: style.margin, y: y, width: innerWidth, lines: 12)
    }
    for message in cutMessages {
      y += style.gutter
      y += canvas.block(message, small, x: style.margin, y: y, width: innerWidth, lines: 6)
    }
    return Drawing(width: innerWidth + 2 * style.margin, height: y + style.margin, marks: canvas.marks)
  }

  // MARK: Titles and labels

  func labelLines(_ row: Panel.Row, limit: Double) -> [(text: String, style: TextStyle)] {
    canvas.fitting(rowTitle).wrapped(row.title, to: limit, lines: 3).map { ($0, rowTitle) }
      + row.details.flatMap { detail in
        canvas.fitting(small).wrapped(detail, to: limit, lines: 2).map { ($0, small) }
      }
  }

  private func neededLabelWidth() -> Double {
    let widths = panel.rows.flatMap { labelLines($0, limit: style.labelWidth) }.map {
      canvas.measure($0.text, $0.style)
    }
    guard let widest = widths.max() else { return 0 }
    return min(widest, style.labelWidth) + 1.4 * style.gutter
  }

  /// Column titles stand on one line above the cells; those that wrap grow upwards.
  private mutating func columnTitles(y: Double) -> Double {
    let titles = panel.columns.map { canvas.fitting(heading).wrapped($0, to: style.cellWidth, lines: 3) }
    let lines = titles.map(\.count).max() ?? 0
    guard lines > 0 else { return 0 }
    for (column, texts) in titles.enumerated() {
      for (index, text) in texts.enumerated() {
        let row = Double(lines - texts.count + index)
        canvas.line(
          text, heading, x: left(ofColumn: column), y: y + row * canvas.lineHeight(heading),
          width: style.cellWidth,
          .center)
      }
    }
    return Double(lines) * canvas.lineHeight(heading) + 0.5 * style.gutter
  }
}
