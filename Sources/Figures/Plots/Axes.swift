/// Two axes around a rectangle: positions for values, lines, ticks, labels and titles.
///
/// Any kind of plot can draw its marks between them.
struct Axes {
  let x: Plot.Axis
  let y: Plot.Axis
  let xTicks: Ticks
  let yTicks: Ticks
  private(set) var xLabels: TickLabels
  let style: FigureStyle
  /// The width of the page.
  let width: Double
  /// Between the lines of the axes.
  private(set) var frame: Rectangle

  private let yTitleLines: [String]

  static let tickLength = 3.0
  private static let gap = 2.0

  /// Chooses ticks, and gives the frame what titles and labels leave of the page's width.
  init(
    x: Plot.Axis, y: Plot.Axis, xRange: ClosedRange<Double>, yRange: ClosedRange<Double>, style: FigureStyle,
    canvas: Canvas
  ) {
    (self.x, self.y, self.style, width) = (x, y, style, style.plotWidth)
    let text = Axes.label(style)
    let height = style.plotHeight
    // Labels one above the other have a line between them.
    let yTicks = Ticks(y, covering: yRange, most: min(max(Int(height / canvas.lineHeight(text) / 1.8), 3), 7))
    let titled = Axes.title(y, yTicks)
    yTitleLines = canvas.fitting(Axes.heading(style)).balanced(titled, to: height, lines: 3)
    let titleWidth = Double(yTitleLines.count) * canvas.lineHeight(Axes.heading(style))
    let labelWidth = yTicks.labels.map { canvas.measure($0, text) }.max() ?? 0
    let left =
      style.margin + titleWidth + (titleWidth > 0 ? Axes.gap : 0) + labelWidth + Axes.tickLength + Axes.gap
    self.yTicks = yTicks
    let page = style.margin...(width - style.margin)
    (xTicks, xLabels, frame) = Axes.chosen(
      x, xRange, page: page, left: left, height: height, text: text, canvas: canvas)
  }

  /// The most ticks of x whose labels have room, and the frame that keeps the outer ones on the page.
  private static func chosen(
    _ x: Plot.Axis, _ range: ClosedRange<Double>, page: ClosedRange<Double>, left: Double, height: Double,
    text: TextStyle, canvas: Canvas
  ) -> (Ticks, TickLabels, Rectangle) {
    var most = 8
    while true {
      let ticks = Ticks(x, covering: range, most: most)
      var frame = Rectangle(x: left, y: 0, width: page.upperBound - left, height: height)
      var labels = TickLabels(ticks.labels, at: [], text: text, canvas: canvas)
      // The frame decides how far labels reach beyond it, and they decide the frame.
      for _ in 0..<3 {
        let scale = scale(x, ticks, frame)
        labels = TickLabels(ticks.labels, at: ticks.values.map(scale.position), text: text, canvas: canvas)
        let over = labels.overhang(page)
        frame.x += over.left
        frame.width = max(frame.width - over.left - over.right, 20)
      }
      let scale = scale(x, ticks, frame)
      labels = TickLabels(ticks.labels, at: ticks.values.map(scale.position), text: text, canvas: canvas)
      if !labels.isThinned || most <= 3 { return (ticks, labels, frame) }
      if case .categorical = x.scale { return (ticks, labels, frame) }
      most -= 1
    }
  }

  mutating func move(down distance: Double) { frame.y += distance }

  private static func scale(_ x: Plot.Axis, _ ticks: Ticks, _ frame: Rectangle) -> AxisScale {
    AxisScale(range: ticks.range, isLogarithmic: x.scale.isLogarithmic, start: frame.x, end: frame.maxX)
  }

  var xScale: AxisScale { Self.scale(x, xTicks, frame) }

  var yScale: AxisScale {
    AxisScale(range: yTicks.range, isLogarithmic: y.scale.isLogarithmic, start: frame.maxY, end: frame.y)
  }

  static func label(_ style: FigureStyle) -> TextStyle {
    TextStyle(size: style.plotTextSize, grey: Palette.smallText)
  }

  static func heading(_ style: FigureStyle) -> TextStyle { TextStyle(size: style.textSize) }

  /// The title of an axis, with the power of ten that its labels leave out.
  private static func title(_ axis: Plot.Axis, _ ticks: Ticks) -> String {
    let title = TextFitting.cleaned(axis.title)
    if ticks.factor.isEmpty { return title }
    return title.isEmpty ? ticks.factor : "\(title) (\(ticks.factor))"
  }

  // MARK: Drawing

  /// Draws the grid, which lies below the marks.
  func drawGrid(on canvas: inout Canvas) {
    let stroke = Stroke(color: Palette.grid, width: 0.4)
    for value in yTicks.values {
      let y = yScale.position(value)
      canvas.draw(.line(from: Position(x: frame.x, y: y), to: Position(x: frame.maxX, y: y), stroke))
    }
    if case .categorical = x.scale { return }
    for value in xTicks.values {
      let x = xScale.position(value)
      canvas.draw(.line(from: Position(x: x, y: frame.y), to: Position(x: x, y: frame.maxY), stroke))
    }
  }

  /// Draws lines, ticks, labels and titles, and returns the height taken below the frame.
  func draw(on canvas: inout Canvas) -> Double {
    let stroke = Stroke(color: Palette.axis, width: 0.6)
    let corner = Position(x: frame.x, y: frame.maxY)
    canvas.draw(
      .line([Position(x: frame.x, y: frame.y), corner, Position(x: frame.maxX, y: frame.maxY)], stroke))
    drawTicks(stroke, on: &canvas)
    drawYTexts(on: &canvas)
    let top = frame.maxY + Self.tickLength + Self.gap
    var height = Self.tickLength + Self.gap + xLabels.draw(y: top, on: &canvas)
    let title = Self.title(x, xTicks)
    if !title.isEmpty {
      height += Self.gap
      // Centred below the frame if there is room, otherwise across the page.
      let heading = Self.heading(style)
      let fits = canvas.measure(title, heading) <= frame.width
      let (left, room) = fits ? (frame.x, frame.width) : (style.margin, width - 2 * style.margin)
      height += canvas.block(title, heading, x: left, y: frame.maxY + height, width: room, lines: 3, .center)
    }
    return height
  }

  private func drawTicks(_ stroke: Stroke, on canvas: inout Canvas) {
    for (values, length) in [(xTicks.values, Self.tickLength), (xTicks.minor, Self.tickLength / 2)] {
      for value in values {
        let x = xScale.position(value)
        canvas.draw(
          .line(from: Position(x: x, y: frame.maxY), to: Position(x: x, y: frame.maxY + length), stroke))
      }
    }
    for (values, length) in [(yTicks.values, Self.tickLength), (yTicks.minor, Self.tickLength / 2)] {
      for value in values {
        let y = yScale.position(value)
        canvas.draw(.line(from: Position(x: frame.x - length, y: y), to: Position(x: frame.x, y: y), stroke))
      }
    }
  }

  private func drawYTexts(on canvas: inout Canvas) {
    let (text, heading) = (Self.label(style), Self.heading(style))
    let right = frame.x - Self.tickLength - Self.gap
    for (value, label) in zip(yTicks.values, yTicks.labels) {
      let top = yScale.position(value) - canvas.lineHeight(text) / 2
      let width = canvas.measure(label, text)
      canvas.marks.append(
        .text(label, x: right - width, y: top + canvas.baseline(text), width: width, text))
    }
    for (index, line) in yTitleLines.enumerated() {
      let width = canvas.measure(line, heading)
      let x = style.margin + Double(index) * canvas.lineHeight(heading) + canvas.baseline(heading)
      canvas.marks.append(
        .turnedText(
          line, x: x, y: frame.y + (frame.height + width) / 2, width: width, heading, degrees: -90))
    }
  }
}
