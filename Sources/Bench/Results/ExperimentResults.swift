public import SaliencyCore

/// What a run of an experiment found: values of images, means with intervals, curves, and maps.
///
/// All lists are in the order of the experiment: models, targets, methods (controls last), metrics.
public struct ExperimentResults: Sendable {
  /// What the run computed, and what it found in its store.
  public let summary: RunSummary
  /// One for each model, target, method and number of a metric.
  public let means: [Mean]
  /// One for each model, target, method and curve of a metric.
  public let curves: [Curve]
  private let tables: RunTables
  private let pictures: RunPictures

  /// Reads the results of an experiment out of its store.
  init(_ experiment: Experiment, _ store: ResultStore, _ summary: RunSummary) throws {
    let results = try RunResults(store, experiment: experiment)
    self.summary = summary
    tables = RunTables(results)
    pictures = RunPictures(store: store, results: results)
    means = tables.tables.flatMap(Mean.all)
    curves = try MeanCurves.all(of: results, in: store).flatMap { Curve.all($0, results) }
  }

  /// Every number of every image.
  public var values: [Value] { Value.all(of: tables) }

  /// The mean of a metric for a method.
  ///
  /// - Parameters:
  ///   - metric: As in tables: `deletion`, `road/morf`.
  ///   - model: Its name; the first model if nil.
  ///   - target: As the experiment has it; the first target if nil.
  /// - Returns: nil if the experiment has no such mean.
  public func mean(
    of metric: String, method: String, model: String? = nil, target: String? = nil
  ) -> Mean? {
    means.first {
      $0.metric == metric && $0.method == method && $0.model == model ?? $0.model
        && $0.target == target ?? $0.target
    }
  }

  /// The saliency map of a method for an image, at the resolution that the method gives.
  ///
  /// - Parameters:
  ///   - image: Its name.
  ///   - model: Its name; the first model if nil.
  ///   - target: As in `Value.target`; the first target if nil.
  /// - Returns: nil if the method has none, or it was not kept (`Experiment.maps`).
  /// - Throws: `StoreError` if the store is damaged.
  public func map(
    of method: String, image: String, model: String? = nil, target: String? = nil
  ) throws -> SaliencyMap? {
    let results = tables.results
    guard let place = results.methods.firstIndex(where: { $0.name == method }) else { return nil }
    for setting in results.settings where setting.modelName == model ?? setting.modelName {
      let request = setting.requests.firstIndex {
        $0.imageName == image && $0.target == target ?? $0.target
      }
      guard let request, let unit = setting.units[place][request] else { continue }
      return try pictures.stored(unit).map {
        SaliencyMap($0.attribution, reduction: pictures.reduction(of: place))
      }
    }
    return nil
  }

  /// The means as a table.
  public func table(_ format: TableFormat) -> String { tables.text(format) }
}
