import CCairo
import Foundation

/// A page drawn on with cairo.
///
/// Only this folder imports cairo. Hinting is off everywhere, so that texts are as wide in one format as in the others.
final class CairoPage {
  let surface: OpaquePointer
  let context: OpaquePointer
  private let sink: ByteSink?
  private let font: String
  /// Dots to a point in a bitmap; nil on paper.
  let scale: Double?

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
  static func pdf(
    width: Double, height: Double, title: String, description: String, font: String
  ) throws -> CairoPage {
    let sink = ByteSink()
    let surface = cairo_pdf_surface_create_for_stream(
      { closure, bytes, count in
        guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue().bytes.append(bytes, count: Int(count))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(sink).toOpaque(), width, height)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, nil)
    if !title.isEmpty { cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title) }
    if !description.isEmpty {
      cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, description)
    }
    let page = CairoPage(surface, font: font, sink: sink, scale: nil)
    try page.check()
    return page
  }

  // cairo never returns a null object; one that failed has an error status.
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

  func check() throws {
    let status = cairo_status(context)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw FigureError.notDrawn(reason: String(cString: cairo_status_to_string(status)))
    }
  }

  func select(_ style: TextStyle) {
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

/// Where cairo's output goes.
private final class ByteSink {
  var bytes = Data()
}
