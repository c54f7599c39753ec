import Foundation
import Imaging
internal import Support

/// What the colours of one style mean: a strip of them with a word or a number at either end.
struct ColorBar: Sendable, Hashable {
  let colorMap: ColorMap
  let low: String
  let high: String

  init(_ style: MapStyle, _ range: ClosedRange<Float>) {
    colorMap = style.colorMap
    switch style.scaling {
    case .minMax:
      (low, high) = ("lowest of each map", "highest")
    case .clipped(let percentile):
      (low, high) = ("lowest of each map", "\(Self.ordinal(percentile)) percentile and above")
    case .symmetric(let percentile):
      let reach = percentile < 100 ? "\(Self.ordinal(percentile)) percentile" : "largest"
      (low, high) = ("negative", "positive, up to the \(reach) of each map's magnitudes")
    case .fixed:
      (low, high) = (Self.number(range.lowerBound), Self.number(range.upperBound))
    }
  }

  /// Adds the bar of a style that has none yet.
  static func add(_ style: MapStyle, _ range: ClosedRange<Float>, to bars: inout [ColorBar]) {
    let bar = ColorBar(style, range)
    if !bars.contains(bar) { bars.append(bar) }
  }

  var picture: Image { Image(width: 256, height: 1) { colorMap.color(at: Float($1) / 255) } }

  private static func number(_ value: Float) -> String { NumberText.short(value, 3) }

  private static func ordinal(_ percentile: Float) -> String {
    guard percentile == percentile.rounded() else { return number(percentile) + "th" }
    let whole = Int(percentile)
    switch (whole % 10, whole % 100) {
    case (1, let tens) where tens != 11: return "\(whole)st"
    case (2, let tens) where tens != 12: return "\(whole)nd"
    case (3, let tens) where tens != 13: return "\(whole)rd"
    default: return "\(whole)th"
    }
  }
}
