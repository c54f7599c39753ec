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
  let measure: (String, TextStyle) -> Double

  var marks: [Mark] = []
  var labelWidth = 0.0
  var colorBars: [ColorBar] = []
  /// Messages that did not fit into their cells, and are written out below the caption.
  private var cutMessages: [String] = []
  private let rendered: RenderedCells

  init(_ panel: Panel, style: FigureStyle, measure: @escaping (String, TextStyle) -> Double) {
    self.panel = panel
    rendered = RenderedCells(panel)
    self.style = style
    self.measure = measure
  }

  private var title: TextStyle { TextStyle(size: style.titleSize, isBold: true) }
  private var heading: TextStyle { TextStyle(size: style.textSize) }
  private var rowTitle: TextStyle { TextStyle(size: style.textSize, isBold: true) }
  var small: TextStyle { TextStyle(size: style.smallSize, grey: 0.3) }
  private var body: TextStyle { TextStyle(size: style.textSize) }

  var innerWidth: Double {
    let count = Double(panel.columns.count)
    return labelWidth + count * style.cellWidth + (count - 1) * style.gutter
  }

  private func left(ofColumn index: Int) -> Double {
    style.margin + labelWidth + Double(index) * (style.cellWidth + style.gutter)
  }

  /// The finished page.
  ///
  /// It is as large as its content, so that it goes into a paper without cropping.
  mutating func drawing() -> Drawing {
    labelWidth = neededLabelWidth()
    var y = style.margin
    y += block(
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
      y += block(panel.caption, body, x: style.margin, y: y, width: innerWidth, lines: 12)
    }
    for message in cutMessages {
      y += style.gutter
      y += block(message, small, x: style.margin, y: y, width: innerWidth, lines: 6)
    }
    return Drawing(width: innerWidth + 2 * style.margin, height: y + style.margin, marks: marks)
  }

  // MARK: Texts

  private func fitting(_ text: TextStyle) -> TextFitting { TextFitting { [measure] in measure($0, text) } }

  func lineHeight(_ text: TextStyle) -> Double { text.size * 1.25 }

  enum Alignment { case left, center, right }

  /// Places one line in the box that starts at (x, y), and cuts it off with "…" where it does not fit.
  mutating func line(
    _ text: String, _ textStyle: TextStyle, x: Double, y: Double, width: Double,
    _ alignment: Alignment = .left
  ) {
    let fitted = fitting(textStyle).ellipsized(TextFitting.cleaned(text), to: width)
    guard !fitted.isEmpty else { return }
    let taken = measure(fitted, textStyle)
    let offset: Double
    switch alignment {
    case .left: offset = 0
    case .center: offset = (width - taken) / 2
    case .right: offset = width - taken
    }
    // The baseline lies where letters without descenders look centred in the line.
    let baseline = y + (lineHeight(textStyle) + 0.73 * textStyle.size) / 2
    marks.append(.text(fitted, x: x + offset, y: baseline, width: taken, textStyle))
  }

  /// Places wrapped lines and returns the height taken.
  private mutating func block(
    _ text: String, _ textStyle: TextStyle, x: Double, y: Double, width: Double, lines: Int,
    _ alignment: Alignment = .left, gapAfter: Double = 0
  ) -> Double {
    let wrapped = fitting(textStyle).wrapped(text, to: width, lines: lines)
    for (index, text) in wrapped.enumerated() {
      line(text, textStyle, x: x, y: y + Double(index) * lineHeight(textStyle), width: width, alignment)
    }
    return wrapped.isEmpty ? 0 : Double(wrapped.count) * lineHeight(textStyle) + gapAfter
  }

  // MARK: Titles and labels

  private func labelLines(_ row: Panel.Row, limit: Double) -> [(text: String, style: TextStyle)] {
    fitting(rowTitle).wrapped(row.title, to: limit, lines: 3).map { ($0, rowTitle) }
      + row.details.flatMap { detail in
        fitting(small).wrapped(detail, to: limit, lines: 2).map { ($0, small) }
      }
  }

  private func neededLabelWidth() -> Double {
    let widths = panel.rows.flatMap { labelLines($0, limit: style.labelWidth) }.map {
      measure($0.text, $0.style)
    }
    guard let widest = widths.max() else { return 0 }
    return min(widest, style.labelWidth) + 1.4 * style.gutter
  }

  /// Column titles stand on one line above the cells; those that wrap grow upwards.
  private mutating func columnTitles(y: Double) -> Double {
    let titles = panel.columns.map { fitting(heading).wrapped($0, to: style.cellWidth, lines: 3) }
    let lines = titles.map(\.count).max() ?? 0
    guard lines > 0 else { return 0 }
    for (column, texts) in titles.enumerated() {
      for (index, text) in texts.enumerated() {
        let row = Double(lines - texts.count + index)
        line(
          text, heading, x: left(ofColumn: column), y: y + row * lineHeight(heading), width: style.cellWidth,
          .center)
      }
    }
    return Double(lines) * lineHeight(heading) + 0.5 * style.gutter
  }

  // MARK: Cells

  /// Places a row and returns its height.
  private mutating func place(row index: Int, y: Double) -> Double {
    let row = panel.rows[index]
    let cells = Array(row.cells.prefix(panel.columns.count))
    let aspect =
      cells.compactMap { size(of: $0.content) }.map { Double($0.height) / Double($0.width) }.max() ?? 1
    // A picture of another aspect ratio is made to fit, so an extreme one must not stretch the row.
    let height = style.cellWidth * min(max(aspect, 0.2), 2.5)
    for (column, cell) in cells.enumerated() {
      let box = Rectangle(x: left(ofColumn: column), y: y, width: style.cellWidth, height: height)
      place(cell, rendered[row: index, column: column], in: box)
    }
    placeLabel(row, y: y, height: height)
    let notes = cells.enumerated().map { column, cell in
      block(
        cell.note, small, x: left(ofColumn: column), y: y + height + 1, width: style.cellWidth, lines: 3,
        .center)
    }
    return height + (notes.max().map { $0 > 0 ? $0 + 1 : 0 } ?? 0)
  }

  private mutating func placeLabel(_ row: Panel.Row, y: Double, height: Double) {
    let width = labelWidth - 1.4 * style.gutter
    guard width > 0 else { return }
    var lines = labelLines(row, limit: style.labelWidth)
    var total = lines.reduce(0) { $0 + lineHeight($1.style) }
    while total > height, let last = lines.popLast() { total -= lineHeight(last.style) }
    var top = y + (height - total) / 2
    for (text, textStyle) in lines {
      line(text, textStyle, x: style.margin, y: top, width: width, .right)
      top += lineHeight(textStyle)
    }
  }

  private func size(of content: Panel.Cell.Content) -> (height: Int, width: Int)? {
    switch content {
    case .picture(let image): (image.height, image.width)
    case .map(let map, _, let background): (background?.height ?? map.height, background?.width ?? map.width)
    case .message, .blank: nil
    }
  }

  private mutating func place(_ cell: Panel.Cell, _ rendered: RenderedMap?, in box: Rectangle) {
    switch cell.content {
    case .picture(let image):
      place(image, with: cell.outlines, in: box)
    case .map(_, let mapStyle, _):
      guard let rendered else { return }
      if let range = rendered.range {
        place(rendered.picture, with: cell.outlines, in: box)
        ColorBar.add(mapStyle, range, to: &colorBars)
      } else {
        place(message: "the map is \(rendered.defect?.rawValue ?? "without a range")", in: box)
      }
    case .message(let text):
      place(message: text, in: box)
    case .blank:
      break
    }
  }

  /// A picture keeps its aspect ratio and stands in the middle of its cell.
  private mutating func place(_ image: Image, with outlines: [Panel.Outline], in box: Rectangle) {
    let scale = min(box.width / Double(image.width), box.height / Double(image.height))
    let (width, height) = (Double(image.width) * scale, Double(image.height) * scale)
    let place = Rectangle(
      x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width: width, height: height)
    marks.append(.image(image, place))
    marks.append(.frame(place))
    for outline in outlines { marks.append(.outline(place.inner(outline), outline.color)) }
  }

  private mutating func place(message text: String, in box: Rectangle) {
    marks.append(.hatch(box))
    marks.append(.frame(box))
    let padding = 4.0
    let width = box.width - 4 * padding
    let (small, lines, isWhole) = fitted(message: text, width: width, height: box.height - 4 * padding)
    if !isWhole, !cutMessages.contains(text) { cutMessages.append(text) }
    guard !lines.isEmpty else { return }
    let height = Double(lines.count) * lineHeight(small)
    let widest = lines.map { measure($0, small) }.max() ?? 0
    let top = box.y + (box.height - height) / 2
    let plate = Rectangle(
      x: box.x + (box.width - widest) / 2 - padding, y: top - padding, width: widest + 2 * padding,
      height: height + 2 * padding)
    marks.append(.fill(plate, .white))
    for (index, text) in lines.enumerated() {
      line(
        text, TextStyle(size: small.size), x: box.x + 2 * padding,
        y: top + Double(index) * lineHeight(small),
        width: width, .center)
    }
  }
}

extension PanelLayout {
  /// The smallest size of a message's letters, as a share of `smallSize`: below it the message continues under the figure.
  private static let smallestMessage = 0.7

  /// A message in lines, at the largest size at which all of it fits; at the smallest, what does not fit becomes "…".
  private func fitted(
    message: String, width: Double, height: Double
  ) -> (style: TextStyle, lines: [String], isWhole: Bool) {
    var share = 1.0
    while true {
      let textStyle = TextStyle(size: style.smallSize * share, grey: 0.3)
      let room = Int(height / lineHeight(textStyle))
      let all = fitting(textStyle).wrapped(message, to: width, lines: .max)
      if all.count <= room { return (textStyle, all, true) }
      share -= 0.1
      guard share < Self.smallestMessage - 1e-9 else { continue }
      return (textStyle, fitting(textStyle).wrapped(message, to: width, lines: room), false)
    }
  }
}

extension Rectangle {
  /// The part that an outline surrounds, a line's breadth inside at the edges so that none is cut off.
  fileprivate func inner(_ outline: Panel.Outline) -> Rectangle {
    let inset = Mark.outlineWidths.dark / 2
    let left = max(x + outline.x * width, x + inset)
    let top = max(y + outline.y * height, y + inset)
    let right = min(x + (outline.x + outline.width) * width, maxX - inset)
    let bottom = min(y + (outline.y + outline.height) * height, maxY - inset)
    return Rectangle(x: left, y: top, width: max(right - left, 0), height: max(bottom - top, 0))
  }
}
