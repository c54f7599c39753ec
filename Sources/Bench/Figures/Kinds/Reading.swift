internal import Configuration
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore

extension Variation {
  /// The rows, columns, or lines of a figure: one or a list; an empty one if there is none.
  static func list(_ value: YAMLValue?, catalogs: Catalogs) throws(YAMLError) -> [Variation] {
    guard let value else { return [Variation()] }
    return try value.items().map(reading: { item throws(YAMLError) in
      try Variation(reading: item, catalogs: catalogs)
    })
  }
}

extension [Variation] {
  /// What they stand for together; of those that are the same, only the first.
  ///
  /// They become the same where one model takes the place of several.
  func variants(in context: FigureContext, base: Setting) throws -> [Variant] {
    var seen = Set<String>()
    return try flatMap { try $0.variants(in: context, base: base) }.filter {
      seen.insert($0.setting.key).inserted
    }
  }
}

extension YAMLValue {
  /// The value as a measure.
  func measure(_ metrics: MetricCatalog) throws(YAMLError) -> Measure {
    let text = try text()
    do {
      return try Measure(text, metrics: metrics)
    } catch { throw self.error("\(error)") }
  }

  /// The value as a metric.
  func metric(_ metrics: MetricCatalog) throws(YAMLError) -> any Metric {
    let text = try text()
    do {
      return try metrics.parse(text)
    } catch { throw self.error("\(error)") }
  }

  /// A size in points.
  func points() throws(YAMLError) -> Double {
    let value = try number()
    guard value >= 20, value <= 1000 else { throw wanted("a size in points from 20 to 1000") }
    return value
  }

  /// A name that any file system takes.
  func fileName() throws(YAMLError) -> String {
    let name = try text()
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
    else {
      throw wanted("a name of letters, digits, \"-\" and \"_\", for files are called by it")
    }
    return name
  }
}

extension YAMLValue {
  /// The items of a list that is not empty, or the one value.
  func items() throws(YAMLError) -> [YAMLValue] {
    guard case .list(let items) = content else { return [self] }
    guard !items.isEmpty else { throw error("the list is empty") }
    return items
  }
}
