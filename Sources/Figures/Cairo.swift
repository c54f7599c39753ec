import CCairo
import Foundation
import Imaging
import SaliencyCore
internal import Support

/// A page drawn on with cairo: the one file that imports it.
///
/// Hinting is off everywhere, so that texts are as wide in one format as in the others.
final class CairoPage {
  private let surface: OpaquePointer
  private let context: OpaquePointer
  private let sink: ByteSink?
  private let font: String
  /// Dots to a point in a bitmap; nil on paper.
  private let scale: Double?

  /// A page that only measures.
  static func measuring(font: String) -> CairoPage {
    CairoPage(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1), font: font, sink: nil, scale: nil)
  }

  /// A white bitmap.
  static func bitmap(width: Double, height: Double, scale: Double, font: String) throws -> CairoPage {
    let (columns, rows) = (Int((width * scale).rounded(.up)), Int((height * scale).rounded(.up)))
    guard columns <= 32767, rows <= 32767 else {
      throw FigureError.notDrawn(
        reason: "\(columns) x \(rows) dots, at most 32767 each way; write a PDF, or lower the resolution")
    }
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, CInt(columns), CInt(rows))
    let page = CairoPage(surface, font: font, sink: nil, scale: scale)
    cairo_set_source_rgb(page.context, 1, 1, 1)
    cairo_paint(page.context)
    cairo_scale(page.context, scale, scale)
    try page.check()
    return page
  }

  /// A page of a PDF document without a date, so that the same drawing gives the same bytes.
  static func pdf(width: Double, height: Double, title: String, font: String) throws -> CairoPage {
    let sink = ByteSink()
    let surface = cairo_pdf_surface_create_for_stream(
      { closure, bytes, count in
        guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue().bytes.append(bytes, count: Int(count))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(sink).toOpaque(), width, height)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, nil)
    if !title.isEmpty { cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title) }
    let page = CairoPage(surface, font: font, sink: sink, scale: nil)
    try page.check()
    return page
  }

  // cairo never returns a null object; one that failed says so in its status.
  private init(_ surface: OpaquePointer?, font: String, sink: ByteSink?, scale: Double?) {
    guard let surface, let context = cairo_create(surface) else {
      preconditionFailure("cairo returned no object")
    }
    self.surface = surface
    self.context = context
    self.sink = sink
    self.scale = scale
    self.font = font
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  private func check() throws {
    let status = cairo_status(context)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw FigureError.notDrawn(reason: String(cString: cairo_status_to_string(status)))
    }
  }

  private func select(_ style: TextStyle) {
    let weight = style.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL
    cairo_select_font_face(context, font, CAIRO_FONT_SLANT_NORMAL, weight)
    cairo_set_font_size(context, style.size)
  }

  /// How far a line of text advances, in points.
  func width(of text: String, _ style: TextStyle) -> Double {
    select(style)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return max(extents.x_advance, extents.x_bearing + extents.width)
  }

  /// Draws the marks in order.
  func draw(_ drawing: Drawing) throws {
    for mark in drawing.marks { draw(mark) }
    try check()
  }

  private func draw(_ mark: Mark) {
    switch mark {
    case .text(let text, let x, let y, _, let style):
      select(style)
      cairo_set_source_rgb(context, style.grey, style.grey, style.grey)
      cairo_move_to(context, x, y)
      cairo_show_text(context, text)
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
    }
  }

  private func outline(_ place: Rectangle, _ color: RGB) {
    for (color, width) in [(.black, Mark.outlineWidths.dark), (color, Mark.outlineWidths.coloured)] {
      select(color)
      cairo_set_line_width(context, width)
      rectangle(place)
      cairo_stroke(context)
    }
  }

  private func select(_ color: RGB) {
    cairo_set_source_rgb(
      context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
  }

  private func rectangle(_ place: Rectangle) {
    cairo_rectangle(context, place.x, place.y, place.width, place.height)
  }

  /// In a bitmap, pictures lie on whole dots.
  private func snapped(_ place: Rectangle) -> Rectangle {
    guard let scale else { return place }
    let (x, y) = ((place.x * scale).rounded(), (place.y * scale).rounded())
    let width = max((place.width * scale).rounded(), 1)
    let height = max((place.height * scale).rounded(), 1)
    return Rectangle(x: x / scale, y: y / scale, width: width / scale, height: height / scale)
  }

  private func frame(_ place: Rectangle) {
    let line = scale.map { max(1, (0.4 * $0).rounded()) / $0 } ?? 0.4
    cairo_set_source_rgb(context, 0.72, 0.72, 0.72)
    cairo_set_line_width(context, line)
    cairo_rectangle(context, place.x - line / 2, place.y - line / 2, place.width + line, place.height + line)
    cairo_stroke(context)
  }

  private func hatch(_ place: Rectangle) {
    cairo_save(context)
    rectangle(place)
    cairo_clip(context)
    cairo_set_source_rgb(context, 0.96, 0.96, 0.96)
    cairo_paint(context)
    cairo_set_source_rgb(context, 0.8, 0.8, 0.8)
    cairo_set_line_width(context, 0.6)
    for offset in stride(from: 0, through: place.width + place.height, by: 5) {
      cairo_move_to(context, place.x + offset, place.y)
      cairo_line_to(context, place.x + offset - place.height, place.maxY)
    }
    cairo_stroke(context)
    cairo_restore(context)
  }

  /// Draws a picture so that each of its pixels stays one: as they are on paper, as whole dots in a bitmap.
  private func draw(_ original: Image, in place: Rectangle) {
    var image = original
    if let scale {
      image = original.fitted(
        width: Int((place.width * scale).rounded()), height: Int((place.height * scale).rounded()))
    }
    let picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, CInt(image.width), CInt(image.height))
    defer { cairo_surface_destroy(picture) }
    guard let bytes = cairo_image_surface_get_data(picture) else { return }
    let stride = Int(cairo_image_surface_get_stride(picture))
    image.pixels.withUnsafeBufferPointer { pixels in
      for row in 0..<image.height {
        // One 32-bit word to a pixel in the machine's byte order: unused, red, green, blue.
        let words = UnsafeMutableRawPointer(bytes + row * stride).assumingMemoryBound(to: UInt32.self)
        for column in 0..<image.width {
          let i = (row * image.width + column) * 3
          words[column] = UInt32(pixels[i]) << 16 | UInt32(pixels[i + 1]) << 8 | UInt32(pixels[i + 2])
        }
      }
    }
    cairo_surface_mark_dirty(picture)
    cairo_save(context)
    cairo_translate(context, place.x, place.y)
    cairo_scale(context, place.width / Double(image.width), place.height / Double(image.height))
    cairo_set_source_surface(context, picture, 0, 0)
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
    cairo_rectangle(context, 0, 0, Double(image.width), Double(image.height))
    cairo_fill(context)
    cairo_restore(context)
  }

  /// The bitmap as a picture.
  func picture() throws -> Image {
    try check()
    cairo_surface_flush(surface)
    let (width, height) = (
      Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface))
    )
    guard let bytes = cairo_image_surface_get_data(surface) else {
      throw FigureError.notDrawn(reason: "no bitmap")
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
      for row in 0..<height {
        let words = UnsafeRawPointer(bytes + row * stride).assumingMemoryBound(to: UInt32.self)
        for column in 0..<width {
          let word = words[column]
          pixels[count] = UInt8(truncatingIfNeeded: word >> 16)
          pixels[count + 1] = UInt8(truncatingIfNeeded: word >> 8)
          pixels[count + 2] = UInt8(truncatingIfNeeded: word)
          count += 3
        }
      }
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// The finished document.
  func document() throws -> Data {
    cairo_show_page(context)
    cairo_surface_finish(surface)
    let status = cairo_surface_status(surface)
    guard status == CAIRO_STATUS_SUCCESS, let sink else {
      throw FigureError.notDrawn(reason: String(cString: cairo_status_to_string(status)))
    }
    return sink.bytes
  }
}

extension Image {
  /// The picture at the size it has in a bitmap: averaged when shrunk, repeated when enlarged a whole number
  /// of times or so much that uneven repetition does not show, and smoothed only in between.
  fileprivate func fitted(width: Int, height: Int) -> Image {
    if width == self.width && height == self.height { return self }
    let isWhole = width % self.width == 0 && height % self.height == 0
    let repeats = isWhole || (width >= 4 * self.width && height >= 4 * self.height)
    return Image(Resize.apply(repeats ? .nearest : .antialiased, to: tensor(), size: (height, width)))
  }
}

/// Where cairo's output goes.
private final class ByteSink {
  var bytes = Data()
}
