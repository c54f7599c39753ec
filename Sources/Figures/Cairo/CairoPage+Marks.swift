import CCairo
import Imaging

extension CairoPage {
  /// Draws the marks in order.
  func draw(_ drawing: Drawing) throws {
    for mark in drawing.marks { draw(mark) }
    try check()
  }

  private func draw(_ mark: Mark) {
    switch mark {
    case .text(let text, let x, let y, _, let style):
      draw(text, x: x, y: y, style)
    case .image(let image, let place):
      draw(image, in: snapped(place))
    case .fill(let place, let color):
      select(color)
      rectangle(place)
      cairo_fill(context)
    case .frame(let place):
      frame(snapped(place))
    case .outline(let place, let color): outline(place, color)
    case .hatch(let place):
      hatch(snapped(place))
    case .shape(let shape):
      draw(shape)
    case .turnedText(let text, let x, let y, _, let style, let degrees):
      cairo_save(context)
      cairo_translate(context, x, y)
      cairo_rotate(context, degrees * .pi / 180)
      draw(text, x: 0, y: 0, style)
      cairo_restore(context)
    }
  }

  private func draw(_ text: String, x: Double, y: Double, _ style: TextStyle) {
    select(style)
    select(grey: style.grey)
    cairo_move_to(context, x, y)
    cairo_show_text(context, text)
  }

  private func outline(_ place: Rectangle, _ color: RGB) {
    for (color, width) in [(.black, Mark.outlineWidths.dark), (color, Mark.outlineWidths.coloured)] {
      select(color)
      cairo_set_line_width(context, width)
      rectangle(place)
      cairo_stroke(context)
    }
  }

  private func select(_ color: RGB, opacity: Double = 1) {
    let (red, green, blue) = (Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
    if opacity < 1 {
      cairo_set_source_rgba(context, red, green, blue, opacity)
    } else {
      cairo_set_source_rgb(context, red, green, blue)
    }
  }

  private func select(grey: Double) { cairo_set_source_rgb(context, grey, grey, grey) }

  private func rectangle(_ place: Rectangle) {
    cairo_rectangle(context, place.x, place.y, place.width, place.height)
  }

  /// In a bitmap, pictures lie on whole dots.
  func snapped(_ place: Rectangle) -> Rectangle {
    guard let scale else { return place }
    let (x, y) = ((place.x * scale).rounded(), (place.y * scale).rounded())
    let width = max((place.width * scale).rounded(), 1)
    let height = max((place.height * scale).rounded(), 1)
    return Rectangle(x: x / scale, y: y / scale, width: width / scale, height: height / scale)
  }

  private func frame(_ place: Rectangle) {
    let line = scale.map { max(1, (0.4 * $0).rounded()) / $0 } ?? 0.4
    select(grey: Palette.frame)
    cairo_set_line_width(context, line)
    cairo_rectangle(context, place.x - line / 2, place.y - line / 2, place.width + line, place.height + line)
    cairo_stroke(context)
  }

  private func hatch(_ place: Rectangle) {
    cairo_save(context)
    rectangle(place)
    cairo_clip(context)
    select(grey: Palette.hatch.ground)
    cairo_paint(context)
    select(grey: Palette.hatch.stripe)
    cairo_set_line_width(context, 0.6)
    for offset in stride(from: 0, through: place.width + place.height, by: 5) {
      cairo_move_to(context, place.x + offset, place.y)
      cairo_line_to(context, place.x + offset - place.height, place.maxY)
    }
    cairo_stroke(context)
    cairo_restore(context)
  }
}

extension CairoPage {
  private func draw(_ shape: Shape) {
    cairo_new_path(context)
    switch shape.outline {
    case .line(let points): path(points)
    case .polygon(let points):
      path(points)
      cairo_close_path(context)
    case .circle(let center, let radius):
      cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
      cairo_close_path(context)
    }
    if let fill = shape.fill {
      select(fill, opacity: shape.opacity)
      cairo_fill_preserve(context)
    }
    if let stroke = shape.stroke {
      cairo_save(context)
      select(stroke.color)
      cairo_set_line_width(context, stroke.width)
      cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
      if !stroke.dashes.isEmpty { cairo_set_dash(context, stroke.dashes, CInt(stroke.dashes.count), 0) }
      cairo_stroke_preserve(context)
      cairo_restore(context)
    }
    cairo_new_path(context)
  }

  private func path(_ points: [Position]) {
    for point in points { cairo_line_to(context, point.x, point.y) }
  }
}
