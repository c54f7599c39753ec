internal import Configuration
internal import Foundation
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore

/// What a run found, in the order of its experiment.
struct RunResults: Sendable {
  let manifest: Manifest
  let experiment: Experiment
  /// Methods, then controls.
  let methods: [Method]
  let columns: [Column]
  var settings: [Setting]
  /// By model and method; nil if nothing was measured.
  let costs: [[MethodCost?]]

  struct Method: Sendable {
    let name: String
    let title: String
    let isControl: Bool
  }

  /// One number that a metric gives: a column of the tables.
  struct Column: Sendable {
    /// Unique within the experiment: `deletion`, `road/morf`.
    let name: String
    let title: String
    let metric: Int
    let part: Int
    let category: MetricCategory
    let direction: MetricDirection
    let unit: String
    let average: MetricDescriptor.Average
    let isPrimary: Bool
    /// The images it is computed for; nil for all.
    let images: Set<Int>?

    func covers(image: Int) -> Bool { images?.contains(image) ?? true }
  }

  /// One model with one choice of target: the rows of one table.
  struct Setting: Sendable {
    let model: Int
    let modelName: String
    let target: String
    var requests: [Request]
    /// By method and request; nil if the run has not come to it.
    var units: [[Unit?]]
    /// By method, column, and request; NaN if there is none.
    var values: [[[Double]]]
    /// By method, column, and request.
    var outcomes: [[[Outcome?]]]
  }

  /// One request, and what became of it.
  struct Request: Sendable {
    let image: Int
    let imageName: String
    let target: String
    let state: RequestRecord.State

    var resolved: RequestRecord.Resolved? {
      if case .resolved(let resolved) = state { return resolved }
      return nil
    }
  }

  struct Unit: Sendable {
    let key: Digest
    let outcome: Outcome
    let reason: String?
    let passes: Passes
    let matched: Int?
    let defect: String?
    /// By metric, where one has something to say.
    var reasons: [Int: String] = [:]
  }
}

extension RunResults {
  /// Reads a store.
  ///
  /// - Throws: `StoreError`; `YAMLError` if the experiment names methods or metrics that this program does not have.
  init(_ store: ResultStore, catalogs: Catalogs) throws {
    try store.verify()
    try self.init(
      store, experiment: Experiment(canonical: store.manifest().experiment, catalogs: catalogs))
  }

  /// Reads a store that has been verified.
  ///
  /// - Throws: `StoreError`.
  init(_ store: ResultStore, experiment: Experiment) throws {
    let manifest = try store.manifest()
    guard manifest.models.count == experiment.models.count,
      manifest.methods.count == experiment.methods.count + experiment.controls.count,
      manifest.metrics.count == experiment.metrics.count
    else {
      throw StoreError.damaged(
        path: store.path,
        StoreDamage(
          "meta", "value", found: "a manifest of another experiment", expected: "that of \(experiment.name)"))
    }
    self.manifest = manifest
    self.experiment = experiment
    methods = zip(experiment.methods + experiment.controls, manifest.methods).map { choice, element in
      Method(name: choice.name, title: choice.title, isControl: element.isControl ?? false)
    }
    columns = experiment.metrics.enumerated().flatMap { metric, choice in
      Self.columns(
        of: choice, metric: metric,
        images: WorkPlan.drawn(choice.images, of: manifest.images.count, seed: experiment.seed))
    }
    let reading = StoreReading(store, manifest: manifest, experiment: experiment, columns: columns)
    settings = try reading.settings()
    costs = try reading.costs()
  }

  static func columns(of choice: MetricChoice, metric: Int, images: Set<Int>?) -> [Column] {
    let descriptor = type(of: choice.metric).descriptor
    return descriptor.values.enumerated().map { part, value in
      Column(
        name: descriptor.values.count == 1 ? choice.name : "\(choice.name)/\(value.name)",
        title: choice.label.map { descriptor.values.count == 1 ? $0 : "\($0): \(value.title)" }
          ?? value.title + choice.parameters,
        metric: metric, part: part, category: descriptor.category, direction: value.direction,
        unit: value.unit,
        average: descriptor.average, isPrimary: part == 0, images: images)
    }
  }
}

extension RunResults {
  /// A digest of all network inputs: two runs on the same images have the same.
  var pixelDigest: Digest {
    Digest { feed in
      for setting in settings {
        for request in setting.requests { feed.add(request.resolved?.pixels.hex ?? "none") }
      }
    }
  }
}

extension RunResults.Setting {
  /// How a method's number in a column, for a request, was computed, or why it is missing; nil if it was not requested.
  func outcome(_ method: Int, _ column: Int, _ request: Int) -> Outcome? {
    if case .failed = requests[request].state { return .failed }
    guard let unit = units[method][request] else { return nil }
    return unit.outcome == .done ? outcomes[method][column][request] : unit.outcome
  }

  /// Why there is no number; nil if no reason is known.
  func reason(_ method: Int, metric: Int, _ request: Int) -> String? {
    switch requests[request].state {
    case .failed(let reason), .skipped(let reason): return reason
    case .resolved:
      guard let unit = units[method][request] else { return nil }
      return unit.outcome == .done ? unit.reasons[metric] : unit.reason
    }
  }
}

extension MetricChoice {
  /// The parameters that differ from the defaults, in brackets; nothing where none does.
  var parameters: Substring { metric.label.dropFirst(type(of: metric).descriptor.identifier.count) }

  /// What reports call it: the metric's title, with the parameters that differ from the defaults.
  var title: String { label ?? type(of: metric).descriptor.title + parameters }
}

extension MethodChoice {
  /// What reports call it: the method's title, with the parameters that differ from the defaults.
  package var title: String {
    let descriptor = type(of: method).descriptor
    return label ?? descriptor.title + name.dropFirst(descriptor.identifier.count)
  }
}
