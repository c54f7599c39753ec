internal import Figures
internal import Foundation
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// Lines of means over images: a measure while a parameter of the method is swept, or the curves of a metric.
struct CurveFigure: FigureKind {
  static let word = "curves"
  static let keys = ["lines", "over", "sweep", "measure", "metric", "curves", "logarithmic", "x", "y"]

  private let lines: [Variation]
  /// The images, classes or models that numbers are averaged over.
  private let averaged: [Variation]
  private let source: Source
  private let logarithmic: Set<AxisWord>
  private let titles: (x: String?, y: String?)

  private enum AxisWord: String, Sendable, CaseIterable {
    case x, y
  }

  private enum Source: Sendable {
    case sweep(Sweep, Measure)
    case metric(any Metric, curves: [String])
  }

  init(reading map: YAMLMap, of value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    lines = problems.read(try Variation.list(map.required("lines"), catalogs: catalogs)) ?? []
    averaged = problems.read(try Variation.list(map["over"], catalogs: catalogs)) ?? []
    let axes = problems.readIfPresent(
      try map["logarithmic"]?.list().map(reading: { value throws(YAMLError) -> AxisWord in
        try value.word()
      }))
    logarithmic = Set(axes ?? [])
    titles = (
      problems.readIfPresent(try map["x"]?.text()), problems.readIfPresent(try map["y"]?.text())
    )
    let source = Self.source(map, catalogs, &problems)
    try problems.check()
    guard let source else { throw value.wanted("a figure of curves") }
    self.source = source
  }

  private static func source(
    _ map: YAMLMap, _ catalogs: Catalogs, _ problems: inout YAMLProblems
  ) -> Source? {
    if let value = map["sweep"] {
      let sweep = problems.read(try Sweep(reading: value, methods: catalogs.methods))
      let measure = problems.read(try map.required("measure").measure(catalogs.metrics))
      guard let sweep, let measure else { return nil }
      return .sweep(sweep, measure)
    }
    let metric = problems.read(try map.required("metric").metric(catalogs.metrics))
    let curves = problems.read(
      try map.required("curves").list().map(reading: { value throws(YAMLError) in try value.text() }))
    guard let metric, let curves else { return nil }
    return .metric(metric, curves: curves)
  }

  /// One line's samples at each place of the x axis.
  private struct Line {
    var x: [Double] = []
    var ticks: [String] = []
    var titles = (x: "", y: "")
    var samples: [[Sample]] = []

    mutating func begin(_ curve: Curve) {
      guard x.isEmpty else { return }
      (x, ticks, titles) = (curve.x, curve.ticks, (curve.xTitle, curve.yTitle))
      samples = x.map { _ in [] }
    }

    mutating func add(_ value: Double?, at place: Int, image: Int) {
      if let value { samples[place].append(Sample(image: image, value: value)) }
    }
  }

  func make(_ frame: FigureFrame, in context: FigureContext) throws -> [Product] {
    let lines = try self.lines.variants(in: context, base: frame.base)
    let places = try averaged.variants(in: context, base: frame.base)
    switch source {
    case .sweep(let sweep, let measure):
      let drawn = try lines.map { line in
        try swept(line, sweep, measure, places.map { $0.setting.withDefaults(frame.base) }, context)
      }
      return try products(frame, frame.name, lines, drawn, context)
    case .metric(let metric, let curves):
      let drawn = try measured(
        lines, metric, curves, places.map { $0.setting.withDefaults(frame.base) }, context)
      return try curves.enumerated().flatMap { c, curve in
        try products(
          frame, curves.count == 1 ? frame.name : "\(frame.name)-\(curve)", lines, drawn.map { $0[c] },
          context
        )
      }
    }
  }

  private func swept(
    _ line: Variant, _ sweep: Sweep, _ measure: Measure, _ places: [Setting], _ context: FigureContext
  ) throws -> Line {
    var drawn = Line()
    drawn.x = sweep.values.compactMap(\.number)
    drawn.samples = sweep.values.map { _ in [] }
    drawn.titles = (sweep.parameter, measure.name)
    for (p, place) in places.enumerated() {
      for (v, value) in sweep.values.enumerated() {
        var setting = line.setting.withDefaults(place)
        setting.method = try sweep.method(setting.method, at: value)
        drawn.add(try context.value(measure, of: setting).number, at: v, image: p)
      }
    }
    return drawn
  }

  /// Images are the outer loop, so that methods share the work of a metric for a request.
  private func measured(
    _ lines: [Variant], _ metric: any Metric, _ names: [String], _ places: [Setting], _ context: FigureContext
  ) throws -> [[Line]] {
    var drawn = lines.map { _ in names.map { _ in Line() } }
    for (p, place) in places.enumerated() {
      for (l, line) in lines.enumerated() {
        let setting = line.setting.withDefaults(place)
        let score = try context.score(metric, of: setting)
        for (c, name) in names.enumerated() {
          let curve = try Self.curve(name, of: score)
          drawn[l][c].begin(curve)
          for (i, y) in curve.y.enumerated() { drawn[l][c].add(y, at: i, image: p) }
        }
      }
    }
    return drawn
  }

  private static func curve(_ name: String, of score: Score) throws(SettingError) -> Curve {
    if let curve = score.curves.first(where: { $0.name == name }) { return curve }
    if let reason = score.reason, score.curves.isEmpty { throw SettingError(reason) }
    throw SettingError(
      "no curve of the metric is called \"\(name)\"", suggesting: name, score.curves.map(\.name))
  }

  private func products(
    _ frame: FigureFrame, _ name: String, _ lines: [Variant], _ drawn: [Line], _ context: FigureContext
  ) throws(SettingError) -> [Product] {
    var csv = CSV("line", "x", "mean", "low", "high", "n")
    let series = zip(lines, drawn).map { line, values in
      let points = values.x.indices.compactMap { i -> Plot.Point? in
        let mean = Mean(values.samples[i], seed: context.seed)
        guard let value = mean.value else { return nil }
        let x = values.ticks.isEmpty ? NumberText.exact(values.x[i]) : values.ticks[i]
        let ends = [mean.interval?.lowerBound, mean.interval?.upperBound]
        csv.add(
          [line.title, x, NumberText.exact(value)] + ends.map { $0.map(NumberText.exact) ?? "" } + [
            "\(mean.count)"
          ])
        return Plot.Point(x: values.x[i], y: value, low: ends[0], high: ends[1])
      }
      return Plot.Series(line.title, points: points)
    }
    guard drawn.contains(where: { $0.samples.contains { !$0.isEmpty } }) else {
      throw SettingError("there is no number to draw; do the images have annotations?")
    }
    let first = drawn.first ?? Line()
    let plot = Plot(
      title: frame.title,
      x: Plot.Axis(titles.x ?? first.titles.x, scale: scale(.x, names: first.ticks)),
      y: Plot.Axis(titles.y ?? first.titles.y, scale: scale(.y)), series: series, caption: frame.caption)
    return [.plot(plot, name: name), .text(csv.text, name: name + ".csv")]
  }

  private func scale(_ axis: AxisWord, names: [String] = []) -> Plot.Scale {
    if !names.isEmpty { return .categorical(names) }
    return logarithmic.contains(axis) ? .logarithmic : .linear
  }
}
