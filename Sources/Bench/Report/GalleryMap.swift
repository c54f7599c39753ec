internal import Figures
internal import Foundation
internal import Imaging
internal import SaliencyCore

/// A map as the report carries it: one byte a pixel, with the values of the first and the last.
struct GalleryMap: Sendable {
  let height: Int
  let width: Int
  /// 0 is `low`, 255 is `high`.
  let bytes: [UInt8]
  let low: Float
  let high: Float
  /// Whether 0 is the middle of the colour map.
  let isSigned: Bool

  /// A larger map is made smaller: the report is to be carried about.
  static let longestSide = 160

  /// - Returns: nil for a map that means nothing.
  init?(_ map: SaliencyMap, style: MapStyle) {
    guard let range = style.scaling.range(of: map) else { return nil }
    let shrink = min(1, Double(Self.longestSide) / Double(max(map.height, map.width)))
    let small = map.resized(
      height: max(Int((Double(map.height) * shrink).rounded()), 1),
      width: max(Int((Double(map.width) * shrink).rounded()), 1))
    height = small.height
    width = small.width
    (low, high) = (range.lowerBound, range.upperBound)
    let scale = high > low ? 255 / (Double(range.upperBound) - Double(range.lowerBound)) : 0
    bytes = small.values.map {
      UInt8(min(max((Double($0) - Double(range.lowerBound)) * scale, 0), 255).rounded())
    }
    isSigned = style.colorMap == .diverging
  }

  var base64: String { Data(bytes).base64EncodedString() }
}
