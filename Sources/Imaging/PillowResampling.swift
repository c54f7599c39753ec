import Foundation

/// Resizing as Pillow does it, byte for byte, so that a picture prepared with Keras' `load_img` can be had exactly.
///
/// Pillow's bilinear filter is the antialiased triangle of `Interpolation.antialiased`, but with weights in 22-bit fixed
/// point and a rounding to bytes after each axis, columns first. (Pillow 13 takes rows first where the height is reduced
/// much more than the width; bytes then differ by at most one.)
enum PillowResampling {
  static func nearest(_ image: Image, height: Int, width: Int) -> Image {
    let rows = nearestPlaces(from: image.height, to: height)
    let columns = nearestPlaces(from: image.width, to: width)
    return Image(width: width, height: height) { image[rows[$0], columns[$1]] }
  }

  static func bilinear(_ image: Image, height: Int, width: Int) -> Image {
    let wide = resampled(image.pixels, from: image.width, to: width, outer: image.height, inner: 3)
    let full = resampled(wide, from: image.height, to: height, outer: 1, inner: width * 3)
    return Image(width: width, height: height, pixels: full)
  }

  /// Pillow steps through the picture by adding up, so its rounding is repeated here.
  private static func nearestPlaces(from inputCount: Int, to outputCount: Int) -> [Int] {
    let step = Double(inputCount) / Double(outputCount)
    var position = step * 0.5
    return (0..<outputCount).map { _ in
      defer { position += step }
      return min(Int(position), inputCount - 1)
    }
  }

  private static let precision = 22

  private struct Span {
    let first: Int
    let weights: [Int32]
  }

  private static func spans(from inputCount: Int, to outputCount: Int) -> [Span] {
    let scale = Double(inputCount) / Double(outputCount)
    let radius = max(scale, 1)
    return (0..<outputCount).map { i in
      let center = (Double(i) + 0.5) * scale
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
    _ bytes: [UInt8], from inputCount: Int, to outputCount: Int, outer: Int, inner: Int
  ) -> [UInt8] {
    if inputCount == outputCount { return bytes }
    let spans = spans(from: inputCount, to: outputCount)
    return [UInt8](unsafeUninitializedCapacity: outer * outputCount * inner) { result, initialized in
      bytes.withUnsafeBufferPointer { source in
        for block in 0..<outer {
          for (i, span) in spans.enumerated() {
            let into = (block * outputCount + i) * inner
            let from = (block * inputCount + span.first) * inner
            for j in 0..<inner {
              var sum: Int32 = 1 << (precision - 1)
              for (k, weight) in span.weights.enumerated() {
                sum += Int32(source[from + k * inner + j]) * weight
              }
              result[into + j] = UInt8(clamping: sum >> precision)
            }
          }
        }
      }
      initialized = outer * outputCount * inner
    }
  }
}
