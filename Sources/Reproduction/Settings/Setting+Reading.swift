internal import Bench
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
    + ["score", "reduction", "show", "colours", "threshold", "object", "note", "against"]

  /// Reads a map of keys, all of which may be left out.
  init(reading value: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    try self.init(value.map(keys: Self.keys), catalogs: catalogs)
  }

  /// Reads those keys of a map that are a variation's.
  init(_ map: YAMLMap, catalogs: Catalogs) throws(YAMLError) {
    label = try map["label"]?.text()
    most = try map["at-most"]?.integer(atLeast: 1)
    fixed = try Setting(map, catalogs: catalogs)
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
    if let values = try items("model") {
      axes.append(.models(try values.map(reading: ModelChoice.init(reading:))))
    }
    if let values = try items("image") {
      axes.append(.images(try values.map { value throws(YAMLError) in try value.text() }))
    }
    if let values = try items("target") {
      axes.append(
        .targets(try values.map { value throws(YAMLError) in TargetChoice(parsing: try value.text()) }))
    }
    if let values = try items("method") {
      axes.append(
        .methods(
          try values.map(reading: { value throws(YAMLError) in
            try MethodChoice(reading: value, catalog: catalogs.methods)
          })))
    }
    if let values = try items("layer") { axes.append(.layers(try LayerChoice(reading: values))) }
    if let values = try items("enlarge") {
      axes.append(
        .enlargements(try values.map { value throws(YAMLError) -> Enlargement in try value.word() }))
    }
    if let value = map["sweep"] { axes.append(.sweep(try Sweep(reading: value, methods: catalogs.methods))) }
    if try map["cascading"]?.bool() == true { axes.append(.cascading) }
    if try map["independent"]?.bool() == true { axes.append(.independent) }
  }
}

extension Variation.LayerChoice {
  fileprivate init(reading values: [YAMLValue]) throws(YAMLError) {
    let names = try values.map { value throws(YAMLError) in try value.text() }
    self = names == ["convolutional"] ? .convolutional : .named(names)
  }
}

extension Setting {
  /// Reads what takes one value wherever it stands.
  fileprivate init(_ map: YAMLMap, catalogs: Catalogs) throws(YAMLError) {
    self.init()
    score = try map["score"]?.word()
    reduction = try map["reduction"]?.word()
    show = try map["show"]?.word()
    colours = try map["colours"]?.word()
    object = try map["object"]?.text()
    if let value = map["threshold"] {
      let number = try value.number()
      guard number > 0, number < 1 else { throw value.wanted("a share of the maximum between 0 and 1") }
      threshold = Float(number)
    }
    if let value = map["note"] {
      let text = try value.text()
      do {
        note = try Template(text, metrics: catalogs.metrics)
      } catch { throw value.error("note: \(error)") }
    }
    if let value = map["against"] {
      let variation = try Variation(reading: value, catalogs: catalogs)
      against = [try variation.single(value)]
    }
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
