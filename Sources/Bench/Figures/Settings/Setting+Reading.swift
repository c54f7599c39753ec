internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

extension Variation {
  /// What may vary: the key for one value, and the key for several.
  private static let plurals = [
    "model": "models", "image": "images", "target": "targets", "method": "methods", "layer": "layers",
    "enlarge": "enlargements",
  ]
  static let keys =
    ["label", "at-most", "cascading", "independent", "sweep"]
    + plurals.flatMap { [$0.key, $0.value] }.sorted()
    + ["score", "reduction", "show", "colormap", "threshold", "object", "note", "against"]

  /// Reads a map of keys, all of which may be left out.
  init(reading value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    let map = try problems.map(value, keys: Self.keys)
    let variation = problems.read(try Variation(map, catalogs: catalogs))
    try problems.check()
    guard let variation else { throw value.wanted("rows, columns or lines") }
    self = variation
  }

  /// Reads those keys of a map that are a variation's.
  init(_ map: YAMLMap, catalogs: Catalogs) throws(YAMLError) {
    var problems = YAMLProblems()
    label = problems.readIfPresent(try map["label"]?.text())
    most = problems.readIfPresent(try map["at-most"]?.integer(atLeast: 1))
    fixed = problems.read(try Setting(map, catalogs: catalogs)) ?? Setting()
    func items(_ key: String) throws(YAMLError) -> [YAMLValue]? {
      let plural = Self.plurals[key] ?? key
      if let one = map[key], map[plural] != nil {
        throw one.error("\"\(key)\" and \"\(plural)\" are both given; write one of them")
      }
      guard let value = map[plural] ?? map[key] else { return nil }
      guard case .list(let items) = value.content else { return [value] }
      guard !items.isEmpty else { throw value.error("\(plural): the list is empty") }
      return items
    }
    func axis(
      _ key: String, _ read: ([YAMLValue]) throws(YAMLError) -> Axis
    ) throws(YAMLError) -> Axis? {
      try items(key).map(read)
    }
    axes = [
      problems.readIfPresent(
        try axis("model") { values throws(YAMLError) in
          .models(try values.map(reading: ModelChoice.init(reading:)))
        }),
      problems.readIfPresent(
        try axis("image") { values throws(YAMLError) in
          .images(try values.map(reading: { value throws(YAMLError) in try value.text() }))
        }),
      problems.readIfPresent(
        try axis("target") { values throws(YAMLError) in
          .targets(
            try values.map(reading: { value throws(YAMLError) in TargetChoice(parsing: try value.text()) }))
        }),
      problems.readIfPresent(
        try axis("method") { values throws(YAMLError) in
          .methods(
            try values.map(reading: { value throws(YAMLError) in
              try MethodChoice(reading: value, catalog: catalogs.methods)
            }))
        }),
      problems.readIfPresent(
        try axis("layer") { values throws(YAMLError) in .layers(try LayerChoice(reading: values)) }),
      problems.readIfPresent(
        try axis("enlarge") { values throws(YAMLError) in
          .enlargements(
            try values.map(reading: { value throws(YAMLError) -> Enlargement in try value.word() }))
        }),
    ].compactMap(\.self)
    if let value = map["sweep"] {
      let sweep = problems.read(try Sweep(reading: value, methods: catalogs.methods))
      if let sweep { axes.append(.sweep(sweep)) }
    }
    if problems.readIfPresent(try map["cascading"]?.bool()) == true { axes.append(.cascading) }
    if problems.readIfPresent(try map["independent"]?.bool()) == true { axes.append(.independent) }
    try problems.check()
  }
}

extension Variation.LayerChoice {
  fileprivate init(reading values: [YAMLValue]) throws(YAMLError) {
    let names = try values.map(reading: { value throws(YAMLError) in try value.text() })
    self = names == ["convolutional"] ? .convolutional : .named(names)
  }
}

extension Setting {
  /// Reads the keys with a single value.
  fileprivate init(_ map: YAMLMap, catalogs: Catalogs) throws(YAMLError) {
    self.init()
    var problems = YAMLProblems()
    score = problems.readIfPresent(try map["score"]?.word())
    reduction = problems.readIfPresent(try map["reduction"]?.word())
    show = problems.readIfPresent(try map["show"]?.word())
    colormap = problems.readIfPresent(try map["colormap"]?.word())
    object = problems.readIfPresent(try map["object"]?.text())
    threshold = problems.readIfPresent(
      try map["threshold"].map { value throws(YAMLError) in
        let number = try value.number()
        guard number > 0, number < 1 else { throw value.wanted("a share of the maximum between 0 and 1") }
        return Float(number)
      })
    note = problems.readIfPresent(
      try map["note"].map { value throws(YAMLError) in
        let text = try value.text()
        do {
          return try Template(text, metrics: catalogs.metrics)
        } catch { throw value.error("note: \(error)") }
      })
    let against = problems.readIfPresent(
      try map["against"].map { value throws(YAMLError) in
        try Variation(reading: value, catalogs: catalogs).single(value)
      })
    self.against = against.map { [$0] } ?? []
    try problems.check()
  }
}

extension Variation {
  /// The setting, where everything has one value and needs no model to be known.
  ///
  /// - Throws: `YAMLError` where something has several.
  func single(_ value: YAMLValue) throws(YAMLError) -> Setting {
    var setting = fixed
    for axis in axes {
      switch axis {
      case .models(let values) where values.count == 1: setting.model = values[0]
      case .images(let values) where values.count == 1: setting.image = values[0]
      case .targets(let values) where values.count == 1: setting.target = values[0]
      case .methods(let values) where values.count == 1: setting.method = values[0]
      case .layers(.named(let values)) where values.count == 1: setting.layer = values[0]
      case .enlargements(let values) where values.count == 1: setting.enlargement = values[0]
      default: throw value.error("one value of each is wanted here, not several")
      }
    }
    return setting
  }
}
