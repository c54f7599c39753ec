internal import ArgumentParser
internal import Bench
internal import Methods
internal import Pipeline
internal import Support

/// A part of an experiment.
struct PartOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only the first images of each set.", valueName: "count"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Only these methods of the experiment, controls included, separated by commas; may be repeated.",
      valueName: "list"))
  var methods: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only these metrics of the experiment, separated by commas; may be repeated.", valueName: "list"))
  var metrics: [String] = []

  @OptionGroup var convention: ProfileOptions

  @Option(help: ArgumentHelp("A seed in place of the experiment's.", valueName: "number"))
  var seed: UInt64?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit: found \(limit), expected at least 1") }
  }

  /// Whether the run is another than that of the whole experiment.
  var isGiven: Bool {
    limit != nil || !methods.isEmpty || !metrics.isEmpty || seed != nil || convention.profile.name != "paper"
  }

  /// Reads an experiment and keeps the part.
  ///
  /// - Throws: `YAMLError`; `ValidationError` if the experiment has no such method or metric.
  func experiment(contentsOf path: String, catalogs: Catalogs) throws -> Experiment {
    var catalogs = catalogs
    catalogs.profile = convention.profile
    var experiment = try Experiment(contentsOf: path, catalogs: catalogs)
    if let seed { experiment.seed = seed }
    do throws(ExperimentPartError) {
      return try experiment.limited(
        to: limit, methods: ListText.items(of: methods), metrics: ListText.items(of: metrics))
    } catch { throw ValidationError("\(error)") }
  }
}
