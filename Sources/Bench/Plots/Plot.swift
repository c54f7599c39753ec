internal import Foundation

/// A figure of lines or points, as data: gnuplot draws it.
package struct Plot: Sendable {
  /// The name of the file, without a suffix.
  package var name: String
  package var title: String
  /// What there is to know besides: for captions and alternative texts.
  var caption: String
  var xTitle: String
  var yTitle: String
  var series: [Series]
  /// Names for the places from 0 on of the x axis; empty for a numerical axis.
  var ticks: [String] = []
  /// Whether x is in seconds, on a logarithmic axis.
  var isTime = false
  /// The axes with logarithmic scales.
  var logarithmic: Set<Axis> = []
  var kind = Kind.lines

  package enum Axis: String, Sendable, CaseIterable {
    case x, y
  }

  package init(
    name: String, title: String, caption: String, xTitle: String, yTitle: String, series: [Series],
    ticks: [String] = [], isTime: Bool = false, logarithmic: Set<Axis> = [], kind: Kind = .lines
  ) {
    self.name = name
    self.title = title
    self.caption = caption
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.series = series
    self.ticks = ticks
    self.isTime = isTime
    self.logarithmic = logarithmic
    self.kind = kind
  }

  package enum Kind: Sendable {
    case lines
    /// Points with error bars.
    case points
  }

  package struct Series: Sendable {
    var name: String
    var isControl: Bool
    var points: [Point]

    package init(name: String, isControl: Bool, points: [Point]) {
      self.name = name
      self.isControl = isControl
      self.points = points
    }
  }

  package struct Point: Sendable, Equatable {
    var x: Double
    var y: Double
    var low: Double?
    var high: Double?

    package init(x: Double, y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }

  /// Line colours that are told apart with any colour vision, after Okabe and Ito 2008; then again with dashes.
  private static let colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#B58900", "#000000"]

  /// The commands that draw the plot in the current terminal.
  var commands: String {
    var lines = [
      "reset", "set encoding utf8", "set title \(Self.quoted(title)) noenhanced",
      "set xlabel \(Self.quoted(xTitle)) noenhanced", "set ylabel \(Self.quoted(yTitle)) noenhanced",
      "set grid lc rgb '#DDDDDD' lw 0.5", "set border 3", "set tics nomirror out", "set tics noenhanced",
    ]
    lines += logarithmic.map(\.rawValue).sorted().map { "set logscale \($0)" }
    if isTime { lines += ["set logscale x", "set format x '%.0s %cs'"] }
    if !ticks.isEmpty {
      let places = ticks.enumerated().map { "\(Self.quoted($1)) \($0)" }
      lines.append("set xtics rotate by -40 (\(places.joined(separator: ", ")))")
      lines.append("set xrange [-0.2:\(Double(ticks.count) - 0.8)]")
    }
    for (i, series) in series.enumerated() { lines.append(Self.block(series, i)) }
    let drawn = kind == .lines ? linesDrawn : pointsDrawn
    guard !drawn.isEmpty else { return "" }
    return (lines + ["plot " + drawn.joined(separator: ", \\\n  ")]).joined(separator: "\n") + "\n"
  }

  private static func block(_ series: Series, _ index: Int) -> String {
    let rows = series.points.map { point in
      [point.x, point.y, point.low ?? point.y, point.high ?? point.y].map { String(format: "%.9g", $0) }
        .joined(separator: " ")
    }
    return "$s\(index) << EOD\n\(rows.joined(separator: "\n"))\nEOD"
  }

  private func style(_ index: Int) -> (color: String, dash: Int) {
    let isControl = series[index].isControl
    let number = series[..<index].count { $0.isControl == isControl }
    if isControl { return ("#888888", 2 + number) }
    return (Self.colors[number % Self.colors.count], 1 + number / Self.colors.count)
  }

  private var linesDrawn: [String] {
    let isPoor = series.count > 8
    let bands = series.indices.filter { !series[$0].points.isEmpty }.map { i in
      "$s\(i) using 1:3:4 with filledcurves fc rgb '\(style(i).color)' fs transparent solid \(isPoor ? 0.08 : 0.15) noborder "
        + "notitle"
    }
    let drawn = series.indices.filter { !series[$0].points.isEmpty }.map { i in
      let (color, dash) = style(i)
      return
        "$s\(i) using 1:2 with lines lc rgb '\(color)' lw 1.8 dt \(dash) title \(Self.quoted(series[i].name)) noenhanced"
    }
    return bands + drawn
  }

  /// Points are named in the key, not beside them: methods of one family lie too close for that.
  private var pointsDrawn: [String] {
    series.indices.filter { !series[$0].points.isEmpty }.map { i in
      let (color, dash) = style(i)
      let shapes = series[i].isControl ? [4, 6, 8, 12] : [7, 5, 9, 13]
      let shape = shapes[(series[i].isControl ? dash - 2 : dash - 1) % shapes.count]
      return "$s\(i) using 1:2:3:4 with yerrorbars lc rgb '\(color)' pt \(shape) ps 1.2 title "
        + "\(Self.quoted(series[i].name)) noenhanced"
    }
  }

  /// A string that gnuplot reads as it is.
  static func quoted(_ text: String) -> String {
    let plain = text.replacing("\n", with: " ").replacing("\\", with: "/")
    return "'" + plain.replacing("'", with: "''") + "'"
  }
}
