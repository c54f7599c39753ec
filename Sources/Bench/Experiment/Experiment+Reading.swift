public import ModelLibrary
internal import SaliencyCore

extension Experiment {
  /// Reads a YAML file.
  ///
  /// - Throws: `YAMLError` with file and line where a key is unknown, a value has the wrong type, or nothing has a
  ///   name that is asked for; it names the nearest valid one.
  public init(contentsOf path: String, catalogs: Catalogs) throws(YAMLError) {
    try self.init(YAMLValue(contentsOf: path), catalogs: catalogs)
  }

  /// Reads a text, which `file` names in errors.
  public init(parsing text: String, file: String, catalogs: Catalogs) throws(YAMLError) {
    try self.init(YAMLValue(parsing: text, file: file), catalogs: catalogs)
  }

  /// Keys that take one thing or a list of them, with the singular that may be written instead.
  private static let plurals = [
    "models": "model", "images": "image", "targets": "target", "methods": "method", "metrics": "metric",
    "controls": "control", "figures": "figure",
  ]

  private static let keys = [
    "name", "title", "paper", "about", "models", "images", "targets", "methods", "controls", "metrics",
    "seed",
    "maps", "statistics", "figures", "gallery",
  ]

  init(_ written: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    let root = try written.replacingVariables()
    let map = try root.experimentMap(keys: Self.keys, singulars: Set(Self.plurals.values))
    func items(_ key: String) throws(YAMLError) -> [YAMLValue]? {
      let singular = Self.plurals[key] ?? key
      if let one = map[singular], map[key] != nil {
        throw one.error("\"\(singular)\" and \"\(key)\" are both given; write one of them")
      }
      guard let value = map[key] ?? map[singular] else { return nil }
      if case .list(let items) = value.content { return items }
      return [value]
    }
    func required(_ key: String) throws(YAMLError) -> [YAMLValue] {
      guard let found = try items(key) else {
        throw root.error("the experiment says nothing of its \(key); add a line \"\(key): ...\"")
      }
      guard !found.isEmpty else { throw try map.required(key).error("\(key): the list is empty") }
      return found
    }
    self.init(
      name: try Self.name(map.required("name")),
      models: try required("models").map(reading: ModelChoice.init(reading:)),
      images: try required("images").map(reading: ImageSource.init(reading:)),
      targets: try items("targets")?.map(reading: TargetChoice.init(reading:)) ?? [.top],
      methods: try MethodChoice.list(required("methods"), catalog: catalogs.methods),
      controls: try items("controls").map { items throws(YAMLError) in
        try MethodChoice.list(items, catalog: catalogs.controls)
      } ?? MethodChoice.all(of: catalogs.controls),
      metrics: try MetricChoice.list(required("metrics"), catalog: catalogs.metrics),
      seed: try map["seed"].map { value throws(YAMLError) in UInt64(try value.integer(atLeast: 0)) } ?? 0)
    title = try map["title"]?.text()
    paper = try map["paper"]?.text()
    about = try map["about"]?.text()
    if let value = map["maps"] { maps = try value.word() }
    if let value = map["statistics"] { statistics = try Statistics(reading: value) }
    if let value = map["gallery"] { gallery = try value.integer(atLeast: 0) }
    figures = try items("figures")?.map(reading: FigureLayout.init(reading:)) ?? []
    try checkNames()
  }

  private static func name(_ value: YAMLValue) throws(YAMLError) -> String {
    let name = try value.text()
    let allowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    guard allowed, let first = name.first, first != "." else {
      throw value.wanted("a name of letters, digits, \"-\", \"_\", \".\", for a folder is called by it")
    }
    return name
  }

  /// Rows and columns of tables are told apart by their names.
  private func checkNames() throws(YAMLError) {
    try Self.checkNames(models.map { ($0.label ?? $0.model, $0.origin) }, kind: "models")
    try Self.checkNames((methods + controls).map { ($0.name, $0.origin) }, kind: "methods")
    try Self.checkNames(metrics.map { ($0.name, $0.origin) }, kind: "metrics")
    try Self.checkNames(targets.map { ($0.description, Origin()) }, kind: "targets")
    try Self.checkNames(figures.map { ($0.name, $0.origin) }, kind: "figures")
  }

  private static func checkNames(_ names: [(String, Origin)], kind: String) throws(YAMLError) {
    var seen: Set<String> = []
    for (name, origin) in names where !seen.insert(name).inserted {
      throw YAMLError(
        file: origin.file ?? "the experiment", line: origin.line,
        "two \(kind) are called \"\(name)\"; give one a label of its own (label: ...)")
    }
  }
}

extension YAMLValue {
  var origin: Origin { Origin(file: file, line: line) }

  /// A map whose keys may also be written in the singular, which is not suggested.
  fileprivate func experimentMap(keys: [String], singulars: Set<String>) throws(YAMLError) -> YAMLMap {
    let map = try map()
    for entry in map.entries where !keys.contains(entry.key) && !singulars.contains(entry.key) {
      throw YAMLError(
        file: file, line: entry.line,
        "unknown key \"\(entry.key)\"\(suggestion(for: entry.key, among: keys)) "
          + "(known: \(keys.joined(separator: ", ")))")
    }
    return map
  }

  /// A whole number that is not too small.
  package func integer(atLeast least: Int) throws(YAMLError) -> Int {
    let value = try integer()
    guard value >= least else { throw wanted("a whole number of at least \(least)") }
    return value
  }

  /// One of the words of an enumeration.
  package func word<Word: RawRepresentable & CaseIterable>() throws(YAMLError) -> Word
  where Word.RawValue == String {
    let words = Word.allCases.map(\.rawValue)
    guard case .scalar(let text, _) = content, let word = Word(rawValue: text) else {
      let near = (try? text()).map { suggestion(for: $0, among: words) } ?? ""
      throw wanted("one of \(words.joined(separator: ", "))\(near)")
    }
    return word
  }
}

extension [YAMLValue] {
  package func map<T>(reading read: (YAMLValue) throws(YAMLError) -> T) throws(YAMLError) -> [T] {
    var result: [T] = []
    for value in self { result.append(try read(value)) }
    return result
  }
}
