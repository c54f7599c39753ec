public import Configuration
public import SaliencyCore

/// A metric of saliency maps.
///
/// To add a metric: a `Codable` struct whose stored properties are its parameters, a `descriptor`, and `score(_:)`. See
/// `Guides/WritingAMetric.md`.
public protocol Metric: Configurable {
  /// The metric's name, paper, category, needs and values.
  static var descriptor: MetricDescriptor { get }

  /// The values of one map of one image.
  ///
  /// They depend on the subject alone: not on other images, on how evaluations are batched, or on the order in which
  /// subjects are scored. Called through `evaluate(_:)`.
  /// - Throws: `NotApplicable` if the metric has no meaning for the subject; any other error is a failure.
  func score(_ subject: Subject) throws -> Score

  /// How many bytes it keeps of a request for all methods (`Subject.shared`); 0 unless the metric declares otherwise.
  ///
  /// Runs with a memory limit are planned with it; a wrong number changes no result.
  func expectedMemory(for model: Model) -> Int

  /// How many bytes it keeps of a model for all its requests (`Subject.sharedByModel`); 0 unless the metric declares otherwise.
  func expectedModelMemory(for model: Model) -> Int

  /// The label of the annotated objects that the metric reads; nil for those of the target class.
  var objectLabel: String? { get }

  /// How many passes through the network a value takes; none unless the metric declares otherwise.
  ///
  /// Work is divided among shards with it; a wrong number makes them uneven and changes no result.
  func expectedPasses(for map: ScoredMap) -> MetricPasses
}

extension Metric {
  public static var identifier: String { descriptor.identifier }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses { MetricPasses() }

  public func expectedMemory(for model: Model) -> Int { 0 }

  public func expectedModelMemory(for model: Model) -> Int { 0 }

  public var objectLabel: String? { nil }

  /// The score, with `NotApplicable` made part of it: what runners call.
  ///
  /// - Throws: Any error but `NotApplicable`.
  public func evaluate(_ subject: Subject) throws -> Score {
    do {
      if subject.map.defect == .notFinite { throw NotApplicable("the map is not finite") }
      let score = try score(subject)
      let wanted = Self.descriptor.values.count
      precondition(score.values.count == wanted, "\(Self.identifier) declares \(wanted) values: \(score)")
      return score.checkedForFiniteness()
    } catch let error as NotApplicable {
      return .notApplicable(error.reason, for: Self.descriptor)
    }
  }
}

/// A catalog of metrics.
public typealias MetricCatalog = Catalog<any Metric>

extension MetricCatalog {
  public init(_ types: [any Metric.Type]) {
    // One by one, as methods are.
    self.init(kind: "metric", types: types.map { $0 as any Configurable.Type })
  }

  /// The catalog with more metrics at its end.
  public func adding(_ types: any Metric.Type...) -> MetricCatalog {
    adding(types.map { $0 as any Configurable.Type })
  }

  /// The metrics' descriptors, in the order of the list.
  public var descriptors: [MetricDescriptor] {
    types.compactMap { ($0 as? any Metric.Type)?.descriptor }
  }
}
