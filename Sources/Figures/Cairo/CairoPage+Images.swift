import CCairo
import Imaging
import SaliencyCore

extension CairoPage {
  /// Draws a picture so that each of its pixels stays one: as they are on paper, as whole dots in a bitmap.
  func draw(_ original: Image, in place: Rectangle) {
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
