internal import Configuration
package import Methods
internal import Metrics
package import ModelLibrary
package import SaliencyCore

extension ModelChoice {
  package init(reading value: YAMLValue) throws(YAMLError) {
    if case .map = value.content {
      var problems = YAMLProblems()
      let map = try problems.map(value, keys: ["model", "label", "layer"])
      self.init(
        problems.read(try map.required("model").text()) ?? "",
        label: problems.readIfPresent(try map["label"]?.text()),
        layer: problems.readIfPresent(try map["layer"]?.text()))
      try problems.check()
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
  /// The entries of a list, in which `all` is the whole catalog and `none` is empty.
  static func list(
    _ values: [YAMLValue], catalog: MethodCatalog, profile: ConventionProfile = .paper
  ) throws(YAMLError) -> [MethodChoice] {
    try values.map(reading: { value throws(YAMLError) -> [MethodChoice] in
      switch try? value.text() {
      case "all": all(of: catalog, profile)
      case "none": []
      default: [try MethodChoice(reading: value, catalog: catalog, profile: profile)]
      }
    }).flatMap(\.self)
  }

  /// Every entry of a catalog, with its defaults, or the profile's.
  static func all(of catalog: MethodCatalog, _ profile: ConventionProfile = .paper) -> [MethodChoice] {
    let catalog = profile.applied(to: catalog)
    return catalog.identifiers.compactMap { name in
      (try? catalog(name)).map { MethodChoice($0, profile: profile) }
    }
  }

  package init(
    reading value: YAMLValue, catalog: MethodCatalog, profile given: ConventionProfile = .paper
  ) throws(YAMLError) {
    var problems = YAMLProblems()
    let map = try value.longForm(
      named: "method",
      keys: ["label", "layer", "score", "reduction", "resize", "normalise", "order", "profile"],
      &problems)
    let named = problems.readIfPresent(try map?["profile"]?.profile())
    let profile = named ?? given
    let method = problems.read(
      try (map?.required("method") ?? value).made(by: profile.applied(to: catalog)))
    let label = problems.readIfPresent(try map?["label"]?.text())
    let layer = problems.readIfPresent(try map?["layer"]?.text())
    let score: ScoreKind? = problems.readIfPresent(try map?["score"]?.word())
    let own = MapConvention(
      reduction: problems.readIfPresent(try map?["reduction"]?.word()),
      resize: problems.readIfPresent(try map?["resize"]?.word()),
      normalise: problems.readIfPresent(try map?["normalise"]?.word()),
      order: problems.readIfPresent(try map?["order"]?.word()))
    try problems.check()
    guard let method else { throw value.wanted("a method") }
    self.init(method, profile: profile)
    // A profile that is named here tells the method from others of its kind.
    self.label = label ?? named.map { "\(type(of: method).identifier) (\($0.name))" }
    self.layer = layer
    self.score = score ?? self.score
    self.map = own.filled(by: self.map)
    origin = value.origin
  }
}

extension MetricChoice {
  static func list(_ values: [YAMLValue], catalog: MetricCatalog) throws(YAMLError) -> [MetricChoice] {
    try values.map(reading: { value throws(YAMLError) -> [MetricChoice] in
      guard (try? value.text()) == "all" else { return [try MetricChoice(reading: value, catalog: catalog)] }
      return catalog.types.compactMap { ($0 as? any Metric.Type).map { MetricChoice($0.init()) } }
    }).flatMap(\.self)
  }

  init(reading value: YAMLValue, catalog: MetricCatalog) throws(YAMLError) {
    var problems = YAMLProblems()
    let map = try value.longForm(named: "metric", keys: ["label", "images"], &problems)
    let metric = problems.read(try (map?.required("metric") ?? value).made(by: catalog))
    let label = problems.readIfPresent(try map?["label"]?.text())
    let images = problems.readIfPresent(try map?["images"]?.integer(atLeast: 1))
    try problems.check()
    guard let metric else { throw value.wanted("a metric") }
    self.init(metric, label: label, images: images)
    origin = value.origin
  }
}

extension Statistics {
  init(reading value: YAMLValue) throws(YAMLError) {
    var problems = YAMLProblems()
    let map = try problems.map(value, keys: ["confidence", "resamples", "permutations", "level"])
    func share(_ key: String) throws(YAMLError) -> Double? {
      guard let value = map[key] else { return nil }
      let number = try value.number()
      guard number > 0, number < 1 else { throw value.wanted("a number between 0 and 1") }
      return number
    }
    func count(_ key: String, atMost most: Int) throws(YAMLError) -> Int? {
      try map[key]?.integer(atLeast: 100, atMost: most)
    }
    self.init()
    confidence = problems.readIfPresent(try share("confidence")) ?? confidence
    level = problems.readIfPresent(try share("level")) ?? level
    // The means of all resamples are in memory at once; flips are drawn one by one.
    resamples = problems.readIfPresent(try count("resamples", atMost: 100_000)) ?? resamples
    permutations = problems.readIfPresent(try count("permutations", atMost: 1_000_000)) ?? permutations
    try problems.check()
  }
}

extension YAMLValue {
  /// A profile by its name.
  func profile() throws(YAMLError) -> ConventionProfile {
    do { return try ConventionProfile.named(try text()) } catch let error as YAMLError { throw error } catch {
      throw self.error("\(error)")
    }
  }

  /// `{ method: NAME, label: ... }` as a map; nil if the value is no such map.
  fileprivate func longForm(
    named name: String, keys: [String], _ problems: inout YAMLProblems
  ) throws(YAMLError) -> YAMLMap? {
    guard case .map(let map) = content, map.entries.contains(where: { $0.key == name }) else { return nil }
    return try problems.map(self, keys: [name] + keys)
  }

  /// What a catalog makes of the value: a name, `name(key=value)`, or one name with a map of parameters.
  ///
  /// - Throws: The errors of the name and the parameters.
  fileprivate func made<Element>(by catalog: Catalog<Element>) throws(YAMLError) -> Element {
    var tree = try expression()
    var errors: [YAMLError] = []
    while true {
      switch Result(catching: { () throws(ConfigurationError) -> Element in try catalog.make(tree) }) {
      case .success(let made):
        if let error = YAMLError(all: errors) { throw error }
        return made
      case .failure(let error):
        let problem = YAMLError(file: file, line: line(of: error), "\(error)")
        errors.append(problem)
        // Without the parameter at fault the next one is found.
        guard let rest = tree.removing(parameterOf: error) else { throw YAMLError(all: errors) ?? problem }
        tree = rest
      }
    }
  }

  private func expression() throws(YAMLError) -> ParameterTree {
    guard case .scalar(let text, _) = content else { return parameters }
    do {
      return try ParameterTree(parsing: text)
    } catch { throw self.error("\(error)") }
  }

  /// The line of the key or parameter that an error is about.
  private func line(of error: ConfigurationError) -> Int {
    guard case .map(let map) = content, let entry = map.entries.first else { return line }
    if case .unknownName = error { return entry.line }
    guard case .map(let parameters) = entry.value.content else { return entry.line }
    let keys = parameters.entries
    return keys.first { error.isAbout(parameter: $0.key) }?.line ?? entry.line
  }
}

extension ParameterTree {
  /// The tree of a name with parameters, without the one that an error is about; nil if it is about none of them.
  fileprivate func removing(parameterOf error: ConfigurationError) -> ParameterTree? {
    guard case .map(let named) = self, let (name, value) = named.first, case .map(var parameters) = value,
      let key = parameters.keys.first(where: error.isAbout(parameter:))
    else { return nil }
    parameters[key] = nil
    return .map([name: .map(parameters)])
  }
}

extension ConfigurationError {
  fileprivate func isAbout(parameter name: String) -> Bool {
    switch self {
    case .unknownParameter(let unknown, _, _): unknown == name
    case .badParameter(_, let reason): reason.hasPrefix("\(name):")
    default: false
    }
  }
}
