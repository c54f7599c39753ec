import Imaging
import SaliencyCore

extension PanelLayout {
  /// Places a row and returns its height.
  mutating func place(row index: Int, y: Double) -> Double {
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
      canvas.block(
        cell.note, small, x: left(ofColumn: column), y: y + height + 1, width: style.cellWidth, lines: 3,
        .center)
    }
    return height + (notes.max().map { $0 > 0 ? $0 + 1 : 0 } ?? 0)
  }

  private mutating func placeLabel(_ row: Panel.Row, y: Double, height: Double) {
    let width = labelWidth - 1.4 * style.gutter
    guard width > 0 else { return }
    var lines = labelLines(row, limit: style.labelWidth)
    var total = lines.reduce(0) { $0 + canvas.lineHeight($1.style) }
    while total > height, let last = lines.popLast() { total -= canvas.lineHeight(last.style) }
    var top = y + (height - total) / 2
    for (text, textStyle) in lines {
      canvas.line(text, textStyle, x: style.margin, y: top, width: width, .right)
      top += canvas.lineHeight(textStyle)
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
    canvas.marks.append(.image(image, place))
    canvas.marks.append(.frame(place))
    for outline in outlines { canvas.marks.append(.outline(place.inner(outline), outline.color)) }
  }

  private mutating func place(message text: String, in box: Rectangle) {
    canvas.marks.append(.hatch(box))
    canvas.marks.append(.frame(box))
    let padding = 4.0
    let width = box.width - 4 * padding
    let (small, lines, isWhole) = fitted(message: text, width: width, height: box.height - 4 * padding)
    if !isWhole, !cutMessages.contains(text) { cutMessages.append(text) }
    guard !lines.isEmpty else { return }
    let height = Double(lines.count) * canvas.lineHeight(small)
    let widest = lines.map { canvas.measure($0, small) }.max() ?? 0
    let top = box.y + (box.height - height) / 2
    let plate = Rectangle(
      x: box.x + (box.width - widest) / 2 - padding, y: top - padding, width: widest + 2 * padding,
      height: height + 2 * padding)
    canvas.marks.append(.fill(plate, .white))
    for (index, text) in lines.enumerated() {
      canvas.line(
        text, TextStyle(size: small.size), x: box.x + 2 * padding,
        y: top + Double(index) * canvas.lineHeight(small),
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
      let textStyle = TextStyle(size: style.smallSize * share, grey: Palette.smallText)
      let room = Int(height / canvas.lineHeight(textStyle))
      let all = canvas.fitting(textStyle).wrapped(message, to: width, lines: .max)
      if all.count <= room { return (textStyle, all, true) }
      share -= 0.1
      guard share < Self.smallestMessage - 1e-9 else { continue }
      return (textStyle, canvas.fitting(textStyle).wrapped(message, to: width, lines: room), false)
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
