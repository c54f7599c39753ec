import Imaging

extension PanelLayout {
  /// Places the bars side by side, as many in a row as there is room for, and returns the height taken.
  mutating func placeColorBars(y: Double) -> Double {
    let barHeight = style.smallSize * 0.9
    let gap = 3.0
    var (x, top) = (style.margin + labelWidth, y)
    for bar in colorBars {
      let (low, high) = (canvas.measure(bar.low, small), canvas.measure(bar.high, small))
      // In a narrow figure the bar gives way to its words.
      let barWidth = min(style.cellWidth * 0.7, max(innerWidth - low - high - 2 * gap, 2 * barHeight))
      let total = low + gap + barWidth + gap + high
      if x > style.margin + labelWidth && x + total > style.margin + innerWidth {
        (x, top) = (style.margin + labelWidth, top + canvas.lineHeight(small) + gap)
      }
      let room = max(style.margin + innerWidth - x - barWidth - 2 * gap, 0)
      let lowWidth = low + high <= room ? low : min(low, room / 2)
      canvas.line(bar.low, small, x: x, y: top, width: lowWidth)
      let place = Rectangle(
        x: x + lowWidth + gap, y: top + (canvas.lineHeight(small) - barHeight) / 2, width: barWidth,
        height: barHeight)
      canvas.marks.append(.image(bar.picture, place))
      canvas.marks.append(.frame(place))
      canvas.line(bar.high, small, x: place.maxX + gap, y: top, width: room - lowWidth)
      x += total + 4 * style.gutter
    }
    return top - y + canvas.lineHeight(small)
  }
}
