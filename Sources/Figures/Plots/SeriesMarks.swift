import Imaging

/// The lines, bands, markers and error bars of series between axes.
struct SeriesMarks {
  private(set) var shapes: [Shape] = []
  private let x: AxisScale
  private let y: AxisScale

  private static let pointRadius = 2.6
  private static let lineMarkerRadius = 1.7
  /// About so many markers lie along a line.
  private static let markersOfALine = 7

  init(axes: Axes) { (x, y) = (axes.xScale, axes.yScale) }

  private func position(_ point: Plot.Point) -> Position {
    Position(x: x.position(point.x), y: y.position(point.y))
  }

  /// The positions of both ends of an interval.
  private func interval(_ point: Plot.Point) -> (low: Position, high: Position)? {
    guard let low = point.low, let high = point.high else { return nil }
    let place = x.position(point.x)
    return (Position(x: place, y: y.position(low)), Position(x: place, y: y.position(high)))
  }

  // MARK: Lines

  /// Adds the area between the ends of the intervals.
  mutating func addBand(_ series: PlotData.Series, _ style: SeriesStyle, isOneOfMany: Bool) {
    for stretch in series.stretches {
      for part in stretch.split(whereSeparator: { $0.low == nil || $0.high == nil }) where part.count > 1 {
        let ends = part.compactMap(interval)
        shapes.append(
          Shape(
            outline: .polygon(ends.map(\.high) + ends.reversed().map(\.low)), fill: style.color,
            opacity: isOneOfMany ? 0.06 : 0.15))
      }
    }
  }

  /// Adds a line, with markers if wanted, and a marker for each point without a neighbour.
  ///
  /// - Parameter number: The place among the lines, so that markers of neighbouring lines are at different points.
  mutating func addLine(_ series: PlotData.Series, _ style: SeriesStyle, number: Int, hasMarkers: Bool) {
    let stroke = Stroke(color: style.color, width: style.lineWidth, dashes: style.dashes)
    for stretch in series.stretches {
      let positions = stretch.map(position)
      if positions.count > 1 {
        shapes.append(.line(positions, stroke))
      } else {
        shapes += style.marker.shapes(at: positions[0], radius: Self.lineMarkerRadius, color: style.color)
      }
    }
    guard hasMarkers else { return }
    let points = series.points
    let every = max((points.count + Self.markersOfALine - 1) / Self.markersOfALine, 1)
    for (i, point) in points.enumerated() where i % every == number % every {
      shapes += style.marker.shapes(at: position(point), radius: Self.lineMarkerRadius, color: style.color)
    }
  }

  static func lineSample(
    _ style: SeriesStyle, at center: Position, width: Double, hasMarker: Bool
  ) -> [Shape] {
    let stroke = Stroke(color: style.color, width: style.lineWidth, dashes: style.dashes)
    let line = Shape.line(
      from: Position(x: center.x - width / 2, y: center.y),
      to: Position(x: center.x + width / 2, y: center.y), stroke)
    let marker = style.marker.shapes(at: center, radius: lineMarkerRadius, color: style.color)
    return hasMarker ? [line] + marker : [line]
  }

  // MARK: Points

  /// Adds a marker and an error bar for each point.
  mutating func addPoints(_ series: PlotData.Series, _ style: SeriesStyle) {
    for point in series.points { addErrorBar(point, style) }
    for point in series.points {
      shapes += style.marker.shapes(at: position(point), radius: Self.pointRadius, color: style.color)
    }
  }

  /// Adds a line over an interval with a short line at either end.
  mutating func addErrorBar(_ point: Plot.Point, _ style: SeriesStyle) {
    guard let (low, high) = interval(point) else { return }
    let stroke = Stroke(color: style.color, width: 0.7)
    shapes.append(.line(from: low, to: high, stroke))
    for end in [low, high] {
      shapes.append(
        .line(from: Position(x: end.x - 1.6, y: end.y), to: Position(x: end.x + 1.6, y: end.y), stroke))
    }
  }

  static func pointSample(_ style: SeriesStyle, at center: Position) -> [Shape] {
    style.marker.shapes(at: center, radius: pointRadius, color: style.color)
  }

  // MARK: Room

  /// What a legend between the axes must not cover.
  static func obstacles(of data: PlotData, _ kind: Plot.Kind, axes: Axes) -> LegendPlace {
    let marks = SeriesMarks(axes: axes)
    var place = LegendPlace()
    for stretch in data.series.flatMap(\.stretches) {
      for point in stretch {
        let center = marks.position(point)
        let ends = marks.interval(point) ?? (center, center)
        let (top, bottom) = (min(center.y, ends.high.y), max(center.y, ends.low.y))
        place.add(
          Rectangle(x: center.x, y: top, width: 0, height: bottom - top), clearance: pointRadius + 2)
      }
      guard kind == .lines else { continue }
      for (a, b) in zip(stretch, stretch.dropFirst()) { marks.add(a, b, to: &place) }
    }
    return place
  }

  /// Adds a piece of a line with its band: lines between its edges are close enough to leave no room for a text.
  private func add(_ a: Plot.Point, _ b: Plot.Point, to place: inout LegendPlace) {
    place.add(lineFrom: position(a), to: position(b), clearance: 2)
    guard let first = interval(a), let second = interval(b) else { return }
    for share in stride(from: 0.0, through: 1, by: 0.1) {
      func between(_ from: Position, _ to: Position) -> Position {
        Position(x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share)
      }
      let (low, high) = (between(first.low, second.low), between(first.high, second.high))
      place.add(
        Rectangle(
          x: low.x, y: min(low.y, high.y), width: abs(second.low.x - first.low.x) * 0.1,
          height: abs(low.y - high.y)), clearance: 2)
    }
  }
}
