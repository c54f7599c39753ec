import Imaging

/// How one series is told from the others: by colour, and by dashes or a marker where there is no colour.
struct SeriesStyle: Hashable {
  var color: RGB
  var dashes: [Double]
  var marker: Marker
  var lineWidth: Double

  /// The styles of series in order.
  ///
  /// Seven colours, five patterns of dashes and thirteen markers go round independently, so that pairs come again only after 35.
  static func all(_ series: [Plot.Series]) -> [SeriesStyle] {
    var (methods, controls) = (0, 0)
    return series.map { series in
      defer { if series.isControl { controls += 1 } else { methods += 1 } }
      return series.isControl ? control(controls) : method(methods)
    }
  }

  private static func method(_ i: Int) -> SeriesStyle {
    SeriesStyle(
      color: Palette.series[i % Palette.series.count], dashes: dashes[i % dashes.count],
      marker: Marker.methods[i % Marker.methods.count], lineWidth: 1.1)
  }

  private static func control(_ i: Int) -> SeriesStyle {
    SeriesStyle(
      color: Palette.controls[i % Palette.controls.count], dashes: controlDashes[i % controlDashes.count],
      marker: Marker.controls[i % Marker.controls.count], lineWidth: 0.7)
  }

  /// So many methods differ by dashes alone.
  static var dashCount: Int { dashes.count }

  private static let dashes: [[Double]] = [
    [], [4, 1.6], [1.2, 1.2], [5, 1.4, 1.2, 1.4], [7, 1.4, 1.2, 1.4, 1.2, 1.4],
  ]
  private static let controlDashes: [[Double]] = [[2.4, 1.6], [0.8, 1.6], [4, 1.6, 0.8, 1.6]]
}
