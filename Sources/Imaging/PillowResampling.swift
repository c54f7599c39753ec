import Foundation
internal import Support

/// Resizing as Pillow does it, byte for byte, so that a picture prepared with Keras' `load_img` can be had
/// exactly.
///
/// Pillow's bilinear filter is the antialiased triangle of `Interpolation.antialiased`, but with weights in
/// 22-bit fixed point and a rounding to bytes after each axis. Which axis comes first decides about the last
/// bit: here as in Pillow 13, where the height of a tall picture comes first. Before version 13 it was always the
/// width; of pictures that lose more than twice as many rows as columns, bytes then differ by one.
enum PillowResampling {
  static func nearest(_ image: Image, part: ImagePart, height: Int, width: Int) -> Image {
    let rows = nearestPlaces(in: part.rows, count: height)
    let columns = nearestPlaces(in: part.columns, count: width)
    return Image(width: width, height: height) { image[rows[$0], columns[$1]] }
  }

  /// Resizes a part of a picture; at its edges the filter looks at the pixels beside it, as Pillow's
  /// `resize(box:)`.
  static func bilinear(_ image: Image, part: ImagePart, height: Int, width: Int) -> Image {
    let columns = spans(in: part.columns, of: image.width, count: width)
    let rows = spans(in: part.rows, of: image.height, count: height)
    let full: [UInt8]
    if takesRowsFirst(image, height: height, width: width) {
      let low = resampled(image.pixels, rows, inputCount: image.height, outer: 1, inner: image.width * 3)
      full = resampled(low, columns, inputCount: image.width, outer: height, inner: 3)
    } else {
      let slim = resampled(image.pixels, columns, inputCount: image.width, outer: image.height, inner: 3)
      full = resampled(slim, rows, inputCount: image.height, outer: 1, inner: width * 3)
    }
    return Image(width: width, height: height, pixels: full)
  }

  /// Pillow 13's rule, which looks at the whole picture even where only a part of it is used.
  private static func takesRowsFirst(_ image: Image, height: Int, width: Int) -> Bool {
    image.height - height > max(0, 2 * (image.width - width))
  }

  /// Pillow steps through the picture by adding up, so its rounding is repeated here.
  private static func nearestPlaces(in range: Range<Int>, count: Int) -> [Int] {
    let step = Double(range.count) / Double(count)
    var position = Double(range.lowerBound) + step * 0.5
    return (0..<count).map { _ in
      defer { position += step }
      return min(Int(position), range.upperBound - 1)
    }
  }

  private static let precision = 22

  private struct Span {
    let first: Int
    let weights: [Int32]
  }

  private static func spans(in range: Range<Int>, of inputCount: Int, count: Int) -> [Span] {
    let scale = Double(range.count) / Double(count)
    let radius = max(scale, 1)
    return (0..<count).map { i in
      let center = Double(range.lowerBound) + (Double(i) + 0.5) * scale
      let first = max(Int(center - radius + 0.5), 0)
      let end = min(Int(center + radius + 0.5), inputCount)
      let weights = (first..<end).map { max(0, 1 - abs((Double($0) - center + 0.5) * (1 / radius))) }
      let total = weights.reduce(0, +)
      return Span(
        first: first,
        weights: weights.map { Int32(0.5 + (total == 0 ? $0 : $0 / total) * Double(1 << precision)) })
    }
  }

  /// Resamples bytes seen as `[outer, inputCount, inner]`.
  private static func resampled(
    _ bytes: [UInt8], _ spans: [Span], inputCount: Int, outer: Int, inner: Int
  ) -> [UInt8] {
    let total = outer * spans.count * inner
    return [UInt8](unsafeUninitializedCapacity: total) { result, initialized in
      bytes.withUnsafeBufferPointer { source in
        for block in 0..<outer {
          for (i, span) in spans.enumerated() {
            let into = (block * spans.count + i) * inner
            let from = (block * inputCount + span.first) * inner
            for j in 0..<inner {
              var sum: Int32 = 1 << (precision - 1)
              for k in span.weights.indices { sum += Int32(source[from + k * inner + j]) * span.weights[k] }
              result[into + j] = UInt8(clamping: sum >> precision)
            }
          }
        }
      }
      initialized = total
    }
  }
}
