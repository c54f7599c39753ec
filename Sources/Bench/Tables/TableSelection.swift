internal import Foundation
internal import SaliencyCore
internal import Support

/// A part of the tables of a run.
///
/// An empty list means everything.
public struct TableSelection: Sendable, Equatable {
  /// Names of models.
  public var models: [String]
  /// Targets, as the experiment writes them: `top`, `annotated`.
  public var targets: [String]
  /// Names, titles or identifiers of methods and controls.
  ///
  /// An identifier means all methods of the type.
  public var methods: [String]
  /// Names, titles or identifiers of metrics.
  ///
  /// The name of a metric with several values means all of them.
  public var metrics: [String]
  /// Names of images, in which `*` means any characters and `?` one.
  ///
  /// Means, intervals and tests are those of the selected images.
  public var images: [String]

  /// - Parameters:
  ///   - models: Names of models.
  ///   - targets: Targets, as the experiment writes them.
  ///   - methods: Names, titles or identifiers of methods and controls.
  ///   - metrics: Names, titles or identifiers of metrics.
  ///   - images: Names of images, or patterns.
  public init(
    models: [String] = [], targets: [String] = [], methods: [String] = [], metrics: [String] = [],
    images: [String] = []
  ) {
    self.models = models
    self.targets = targets
    self.methods = methods
    self.metrics = metrics
    self.images = images
  }

  /// The part of a run's tables.
  ///
  /// - Throws: ``TableSelectionError`` if the run has no such model, target, method, metric, or image.
  func tables(of results: RunResults) throws(TableSelectionError) -> RunTables {
    let whole = RunTables(try images.isEmpty ? results : results.limited(toImages: images))
    let settings = whole.tables.map(\.setting)
    let chosenModels = try Self.positions(of: models, "model", settings.map { [$0.modelName] })
    let chosenTargets = try Self.positions(of: targets, "target", settings.map { [$0.target] })
    let rows = try Self.positions(
      of: methods, "method", whole.results.methods.map { [$0.name, $0.title, Self.identifier($0.name)] })
    let columns = try Self.positions(
      of: metrics, "metric",
      whole.results.columns.map {
        [$0.name, $0.title, Self.metric($0.name), Self.identifier(Self.metric($0.name))]
      })
    var part = whole
    part.tables = whole.tables.indices.filter { chosenModels.contains($0) && chosenTargets.contains($0) }
      .map { whole.tables[$0].selecting(methods: rows, columns: columns) }
    return part
  }

  /// The name without parameters: `smooth-grad` of `smooth-grad(samples=10)`.
  private static func identifier(_ name: String) -> String { String(name.prefix { $0 != "(" && $0 != " " }) }

  /// The metric of a column: `road` of `road/morf`.
  private static func metric(_ name: String) -> String { String(name.prefix { $0 != "/" }) }

  /// The positions of the items that have one of some names, in order; all if no name is given.
  private static func positions(
    of wanted: [String], _ kind: String, _ items: [[String]]
  ) throws(TableSelectionError) -> [Int] {
    let known = items.compactMap(\.first)
    for name in wanted where !items.contains(where: { $0.contains(name) }) {
      var seen = Set<String>()
      let names = known.filter { seen.insert($0).inserted }
      throw TableSelectionError(
        description:
          "the run has no \(kind) \"\(name)\"\(suggestion(for: name, among: Set(items.flatMap(\.self)).sorted())) "
          + "(\(kind)s: \(names.joined(separator: ", ")))")
    }
    return items.indices.filter { wanted.isEmpty || items[$0].contains(where: wanted.contains) }
  }
}

extension RunResults {
  /// The results of the images whose names match one of some patterns.
  fileprivate func limited(toImages patterns: [String]) throws(TableSelectionError) -> RunResults {
    let names = Set(settings.flatMap { $0.requests.map(\.imageName) })
    for pattern in patterns where !names.contains(where: { fnmatch(pattern, $0, 0) == 0 }) {
      throw TableSelectionError(
        description: "the run has no image \"\(pattern)\"\(suggestion(for: pattern, among: names.sorted())) "
          + "(images: \(names.sorted().prefix(3).joined(separator: ", ")), ...; * means any characters)")
    }
    var part = self
    part.settings = settings.map { setting in
      setting.limited(
        to: setting.requests.indices.filter { q in
          patterns.contains { fnmatch($0, setting.requests[q].imageName, 0) == 0 }
        })
    }
    return part
  }
}

extension RunResults.Setting {
  /// The results of some requests.
  fileprivate func limited(to kept: [Int]) -> Self {
    var part = self
    part.requests = kept.map { requests[$0] }
    part.units = units.map { row in kept.map { row[$0] } }
    part.values = values.map { $0.map { row in kept.map { row[$0] } } }
    part.outcomes = outcomes.map { $0.map { row in kept.map { row[$0] } } }
    return part
  }
}

/// A part of the tables that does not exist.
public struct TableSelectionError: Error, Equatable, CustomStringConvertible {
  /// What was found and what was expected.
  public let description: String
}
