import Imaging

/// Puts the parts of a plot in their places.
///
///     title
///     legend, unless there is room for it between the axes
///     axes with the series between them
///     note on what is left out
struct PlotLayout {
  private let plot: Plot
  private let data: PlotData
  private let style: FigureStyle
  private let styles: [SeriesStyle]
  private var canvas: Canvas
  private var axes: Axes

  /// - Throws: `FigureError.noPoints` if no series has a point that can be drawn.
  init(_ plot: Plot, style: FigureStyle, measure: @escaping (String, TextStyle) -> Double) throws {
    let data = PlotData(plot)
    guard let xRange = data.xRange, let yRange = data.yRange else {
      throw FigureError.noPoints(title: TextFitting.cleaned(plot.title))
    }
    (self.plot, self.data, self.style) = (plot, data, style)
    styles = SeriesStyle.all(plot.series)
    canvas = Canvas(measure: measure)
    axes = Axes(x: plot.x, y: plot.y, xRange: xRange, yRange: yRange, style: style, canvas: canvas)
  }

  /// The finished page, as high as its content.
  mutating func drawing() -> Drawing {
    let inner = style.plotWidth - 2 * style.margin
    var y = style.margin
    let title = TextStyle(size: style.textSize, isBold: true)
    for line in canvas.fitting(title).balanced(plot.title, to: inner, lines: 3) {
      canvas.line(line, title, x: style.margin, y: y, width: inner)
      y += canvas.lineHeight(title)
    }
    if !TextFitting.cleaned(plot.title).isEmpty { y += style.gutter / 2 }
    let legend = legend
    let inside = inside(legend)
    if inside == nil, !legend.entries.isEmpty {
      let arrangement = legend.arranged(in: inner, on: canvas)
      legend.draw(arrangement, x: style.margin, y: y, on: &canvas)
      y += arrangement.size.height + style.gutter
    }
    // The topmost label reaches above the frame.
    axes.move(down: y + canvas.lineHeight(Axes.label(style)) / 2)
    axes.drawGrid(on: &canvas)
    drawSeries()
    if let (place, arrangement) = inside {
      // No line of the grid passes through names.
      let ground = Rectangle(
        x: place.x, y: place.y + axes.frame.y, width: arrangement.size.width, height: arrangement.size.height)
      canvas.marks.append(.fill(ground, .white))
      legend.draw(arrangement, x: place.x, y: place.y + axes.frame.y, on: &canvas)
    }
    y = axes.frame.maxY + axes.draw(on: &canvas)
    if !data.note.isEmpty {
      y += 2
      y += canvas.block(data.note, Axes.label(style), x: style.margin, y: y, width: inner, lines: 3)
    }
    return Drawing(width: style.plotWidth, height: y + style.margin, marks: canvas.marks)
  }

  // MARK: Series

  /// Bands lie below, then controls, then methods.
  private mutating func drawSeries() {
    let sorted =
      data.series.filter { plot.series[$0.index].isControl }
      + data.series.filter { !plot.series[$0.index].isControl }
    var marks = SeriesMarks(axes: axes)
    switch plot.kind {
    case .lines:
      for series in sorted { marks.addBand(series, styles[series.index], isOneOfMany: sorted.count > 8) }
      for (number, series) in sorted.enumerated() {
        marks.addLine(
          series, styles[series.index], number: number,
          hasMarkers: hasMarkers && !plot.series[series.index].isControl)
      }
    case .points:
      for series in sorted { marks.addPoints(series, styles[series.index]) }
    }
    for shape in marks.shapes { canvas.draw(shape) }
  }

  /// Whether there are more lines than patterns of dashes, so that lines have markers too.
  private var hasMarkers: Bool {
    data.series.count { !plot.series[$0.index].isControl } > SeriesStyle.dashCount
  }

  // MARK: Legend

  private var legend: Legend {
    let isLines = plot.kind == .lines
    let entries = data.series.filter { !TextFitting.cleaned(plot.series[$0.index].name).isEmpty }.map {
      let (style, hasMarker) = (styles[$0.index], hasMarkers && !plot.series[$0.index].isControl)
      return Legend.Entry(name: plot.series[$0.index].name) { center in
        isLines
          ? SeriesMarks.lineSample(style, at: center, width: 20, hasMarker: hasMarker)
          : SeriesMarks.pointSample(style, at: center)
      }
    }
    return Legend(
      entries: entries, text: TextStyle(size: style.plotTextSize), sampleWidth: isLines ? 20 : 8)
  }

  /// A place between the axes, from the top of the frame, if the legend is small and covers nothing there.
  private func inside(_ legend: Legend) -> (place: Position, arrangement: Legend.Arrangement)? {
    guard (1...6).contains(legend.entries.count) else { return nil }
    let arrangement = legend.arranged(in: axes.frame.width * 0.7, on: canvas, mostColumns: 1)
    let isWhole = legend.entries.allSatisfy {
      canvas.measure(TextFitting.cleaned($0.name), legend.text) + legend.sampleWidth < arrangement.size.width
    }
    guard isWhole, arrangement.size.height <= axes.frame.height * 0.6 else { return nil }
    let place = SeriesMarks.obstacles(of: data, plot.kind, axes: axes)
      .free(width: arrangement.size.width, height: arrangement.size.height, in: axes.frame.inset(by: 4))
    return place.map { (Position(x: $0.x, y: $0.y - axes.frame.y), arrangement) }
  }
}

extension Rectangle {
  fileprivate func inset(by distance: Double) -> Rectangle {
    Rectangle(x: x + distance, y: y + distance, width: width - 2 * distance, height: height - 2 * distance)
  }
}
