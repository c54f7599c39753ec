internal import Methods
internal import Metrics
public import ModelLibrary
internal import SaliencyCore
internal import Support

extension Experiment {
  /// Reads a YAML file.
  ///
  /// - Throws: `YAMLError` with the file and line of every key that is missing or unknown and of every value or name that is
  ///   wrong, each with the nearest valid one.
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
    "name", "title", "paper", "reproduces", "about", "models", "images", "targets", "methods", "controls",
    "metrics",
    "seed",
    "maps", "statistics", "figures", "gallery", "profile",
  ]

  init(_ written: YAMLValue, catalogs: Catalogs) throws(YAMLError) {
    let root = try written.replacingVariables()
    var problems = YAMLProblems()
    let map = try problems.map(root, keys: Self.keys, unlisted: Set(Self.plurals.values))
    func items(_ key: String) throws(YAMLError) -> [YAMLValue]? { try Self.items(key, of: map) }
    func required(_ key: String) throws(YAMLError) -> [YAMLValue] {
      // The error of a key that is absent names the plural.
      guard let found = try items(key) else { return [try map.required(key)] }
      guard !found.isEmpty else { throw try map.required(key).error("\(key): the list is empty") }
      return found
    }
    let figureValues = problems.readIfPresent(try items("figures")) ?? []
    // Without figures that compute what they show, there is nothing but a benchmark.
    let isBenchmark =
      ["methods", "method", "metrics", "metric", "controls", "control"].contains { map[$0] != nil }
      || figureValues.allSatisfy(\.isOverview)
    func benchmark<Item>(
      _ key: String, _ read: ([YAMLValue]) throws(YAMLError) -> [Item]
    ) throws(YAMLError) -> [Item] {
      try isBenchmark ? read(required(key)) : []
    }
    let profile = problems.readIfPresent(try map["profile"]?.profile()) ?? catalogs.profile
    let controls = problems.readIfPresent(
      try items("controls").map { items throws(YAMLError) in
        try MethodChoice.list(items, catalog: catalogs.controls)
      })
    self.init(
      name: problems.read(try Self.name(map.required("name"))) ?? "",
      models: problems.read(try required("models").map(reading: ModelChoice.init(reading:))) ?? [],
      images: problems.read(try required("images").map(reading: ImageSource.init(reading:))) ?? [],
      methods: problems.read(
        try benchmark("methods") { items throws(YAMLError) in
          try MethodChoice.list(items, catalog: catalogs.methods, profile: profile)
        }) ?? [],
      controls: controls ?? (isBenchmark ? MethodChoice.defaultControls(of: catalogs.controls) : []),
      metrics: problems.read(
        try benchmark("metrics") { items throws(YAMLError) in
          try MetricChoice.list(items, catalog: catalogs.metrics)
        }) ?? [],
      seed: UInt64(problems.readIfPresent(try map["seed"]?.integer(atLeast: 0)) ?? 0))
    for value in problems.readIfPresent(try items("targets")) ?? [] {
      guard let choice = problems.read(try TargetChoice(reading: value)) else { continue }
      if targetOrigins.isEmpty { targets = [] }
      targets.append(choice)
      if targetOrigins[choice] == nil { targetOrigins[choice] = value.origin }
    }
    title = problems.readIfPresent(try map["title"]?.text())
    paper = problems.readIfPresent(try map["paper"]?.text())
    reproduces = problems.readIfPresent(try map["reproduces"]?.text())
    about = problems.readIfPresent(try map["about"]?.text())
    maps = problems.readIfPresent(try map["maps"]?.word()) ?? maps
    gallery = problems.readIfPresent(try map["gallery"]?.integer(atLeast: 0)) ?? gallery
    statistics = problems.readIfPresent(try map["statistics"].map(Statistics.init(reading:))) ?? statistics
    for value in figureValues {
      if value.isOverview {
        if let overview = problems.read(try OverviewFigure(reading: value)) { overviews.append(overview) }
        if !isBenchmark {
          problems.note(
            value.error(
              "found an overview of methods, expected methods in the experiment. Add \"methods: ...\""))
        }
      } else if let figure = problems.read(try Figure(reading: value, catalogs: catalogs)) {
        figures.append(figure)
      }
    }
    for problem in duplicateNames { problems.note(problem) }
    try problems.check()
  }

  /// The values of a key that takes one or a list of them, and may be written in the singular; nil if it is absent.
  private static func items(_ key: String, of map: YAMLMap) throws(YAMLError) -> [YAMLValue]? {
    let singular = plurals[key] ?? key
    if let one = map[singular], map[key] != nil {
      throw one.error("\"\(singular)\" and \"\(key)\" are both given; write one of them")
    }
    guard let value = map[key] ?? map[singular] else { return nil }
    if case .list(let items) = value.content { return items }
    return [value]
  }

  private static func name(_ value: YAMLValue) throws(YAMLError) -> String {
    let name = try value.text()
    let allowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    guard allowed, let first = name.first, first != "." else {
      throw value.wanted("a name of letters, digits, \"-\", \"_\", \".\", for a folder is called by it")
    }
    return name
  }

  /// Names that are given twice: rows and columns of tables are told apart by them.
  var duplicateNames: [YAMLError] {
    Self.duplicates(models.map { ($0.label ?? $0.model, $0.origin) }, kind: "models")
      + Self.duplicates((methods + controls).map { ($0.name, $0.origin) }, kind: "methods")
      + Self.duplicates(metrics.map { ($0.name, $0.origin) }, kind: "metrics")
      + Self.duplicates(targets.map { ($0.description, targetOrigins[$0] ?? Origin()) }, kind: "targets")
      + Self.duplicates(
        overviews.map { ($0.name, $0.origin) } + figures.map { ($0.name, $0.origin) }, kind: "figures")
  }

  private static func duplicates(_ names: [(String, Origin)], kind: String) -> [YAMLError] {
    var seen: Set<String> = []
    return names.filter { !seen.insert($0.0).inserted }.map { name, origin in
      YAMLError(
        file: origin.file ?? "the experiment", line: origin.line,
        "two \(kind) are called \"\(name)\"; give one a label of its own (label: ...)")
    }
  }
}

extension YAMLValue {
  /// Whether a figure is an overview of a benchmark's maps: the kind of a figure that names none.
  fileprivate var isOverview: Bool {
    guard case .map(let map) = content, let kind = map["kind"] else { return true }
    return (try? kind.text()) == OverviewFigure.word
  }

  var origin: Origin { Origin(file: file, line: line) }

  /// A whole number that is neither too small nor too large.
  package func integer(atLeast least: Int, atMost most: Int = .max) throws(YAMLError) -> Int {
    let value = try integer()
    guard value >= least else { throw wanted("a whole number of at least \(least)") }
    guard value <= most else { throw wanted("a whole number of at most \(most)") }
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
  /// - Throws: The errors of all values.
  package func map<T>(reading read: (YAMLValue) throws(YAMLError) -> T) throws(YAMLError) -> [T] {
    var problems = YAMLProblems()
    var result: [T] = []
    for value in self {
      if let item = problems.read(try read(value)) { result.append(item) }
    }
    try problems.check()
    return result
  }
}

extension MethodChoice {
  /// The controls of an experiment that names none; all of them if the catalog is another one.
  fileprivate static func defaultControls(of catalog: MethodCatalog) -> [MethodChoice] {
    let all = all(of: catalog)
    let usual = all.filter { ControlCatalog.usedByDefault.contains(type(of: $0.method).identifier) }
    return usual.isEmpty ? all : usual
  }
}
