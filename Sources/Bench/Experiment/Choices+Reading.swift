package import ModelLibrary
package import SaliencyCore

extension ModelChoice {
  package init(reading value: YAMLValue) throws(YAMLError) {
    if case .map = value.content {
      let map = try value.map(keys: ["model", "label", "layer"])
      self.init(
        try map.required("model").text(), label: try map["label"]?.text(), layer: try map["layer"]?.text())
    } else {
      self.init(try value.text())
    }
    origin = value.origin
  }
}

extension TargetChoice {
  init(reading value: YAMLValue) throws(YAMLError) { self.init(parsing: try value.text()) }
}

extension MethodChoice {
  /// The entries of a list, in which `all` stands for the whole catalog and `none` for nothing.
  static func list(_ values: [YAMLValue], catalog: MethodCatalog) throws(YAMLError) -> [MethodChoice] {
    var result: [MethodChoice] = []
    for value in values {
      switch try? value.text() {
      case "all": result += all(of: catalog)
      case "none": continue
      default: result.append(try MethodChoice(reading: value, catalog: catalog))
      }
    }
    return result
  }

  /// Every entry of a catalog, with its defaults.
  static func all(of catalog: MethodCatalog) -> [MethodChoice] {
    catalog.types.compactMap { ($0 as? any SaliencyMethod.Type).map { MethodChoice($0.init()) } }
  }

  package init(reading value: YAMLValue, catalog: MethodCatalog) throws(YAMLError) {
    let long = try value.longForm(named: "method", keys: ["label", "layer", "score", "reduction"])
    self.init(
      try (long?.0 ?? value).made(by: catalog), label: try long?.1["label"]?.text(),
      layer: try long?.1["layer"]?.text(), score: try long?.1["score"]?.word(),
      reduction: try long?.1["reduction"]?.word())
    origin = value.origin
  }
}

extension MetricChoice {
  static func list(_ values: [YAMLValue], catalog: MetricCatalog) throws(YAMLError) -> [MetricChoice] {
    var result: [MetricChoice] = []
    for value in values {
      if (try? value.text()) == "all" {
        result += catalog.types.compactMap { ($0 as? any Metric.Type).map { MetricChoice($0.init()) } }
      } else {
        result.append(try MetricChoice(reading: value, catalog: catalog))
      }
    }
    return result
  }

  init(reading value: YAMLValue, catalog: MetricCatalog) throws(YAMLError) {
    let long = try value.longForm(named: "metric", keys: ["label", "images"])
    self.init(
      try (long?.0 ?? value).made(by: catalog), label: try long?.1["label"]?.text(),
      images: try long?.1["images"]?.integer(atLeast: 1))
    origin = value.origin
  }
}

extension Statistics {
  init(reading value: YAMLValue) throws(YAMLError) {
    let map = try value.map(keys: ["confidence", "resamples", "permutations", "level"])
    func share(_ key: String) throws(YAMLError) -> Double? {
      guard let value = map[key] else { return nil }
      let number = try value.number()
      guard number > 0, number < 1 else { throw value.wanted("a number between 0 and 1") }
      return number
    }
    self.init()
    confidence = try share("confidence") ?? confidence
    level = try share("level") ?? level
    resamples = try map["resamples"]?.integer(atLeast: 100) ?? resamples
    permutations = try map["permutations"]?.integer(atLeast: 100) ?? permutations
  }
}

extension YAMLValue {
  /// `{ method: NAME, label: ... }`: the named value and the map, or nil where the value is no such map.
  fileprivate func longForm(named name: String, keys: [String]) throws(YAMLError) -> (YAMLValue, YAMLMap)? {
    guard case .map(let map) = content, map.entries.contains(where: { $0.key == name }) else { return nil }
    let checked = try self.map(keys: [name] + keys)
    return (try checked.required(name), checked)
  }

  /// What a catalog makes of the value: a name, `name(key=value)`, or one name with a map of parameters.
  fileprivate func made<Element>(by catalog: Catalog<Element>) throws(YAMLError) -> Element {
    do {
      if case .scalar(let text, _) = content { return try catalog.parse(text) }
      return try catalog.make(parameters)
    } catch {
      throw YAMLError(file: file, line: line(of: error), "\(error)")
    }
  }

  /// The line of the key or parameter that an error is about.
  private func line(of error: ConfigurationError) -> Int {
    guard case .map(let map) = content, let entry = map.entries.first else { return line }
    if case .unknownName = error { return entry.line }
    guard case .map(let parameters) = entry.value.content else { return entry.line }
    let keys = parameters.entries
    switch error {
    case .unknownParameter(let name, _, _): return keys.first { $0.key == name }?.line ?? entry.line
    case .badParameter(_, let reason):
      return keys.first { reason.hasPrefix("\($0.key):") }?.line ?? entry.line
    default: return entry.line
    }
  }
}
