internal import ArgumentParser
internal import Bench
internal import Support

/// The experiment of a command, and the folder of its run.
struct ExperimentOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The experiment.", valueName: "experiment.yaml"),
    completion: .file(extensions: ["yaml"]))
  var experiment: String

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The folder of the run (default: results/NAME, or results/NAME-part for a part of the experiment). All nodes of a cluster "
        + "must see it.",
      valueName: "folder"),
    completion: .directory)
  var output: String?

  @Flag(help: "Print what would be done; compute, write, and submit nothing.")
  var dryRun = false

  /// Plans the run, checks its outputs, and prints warnings about its models.
  ///
  /// - Throws: `YAMLError`; `ValidationError` if the run would write over one of its inputs.
  func plan(
    _ declared: Experiment, options: Runner.Options = Runner.Options(), run: String, on console: Console
  ) throws -> RunPlan {
    let plan = try RunPlan(declared, folder: experiment.enclosingFolder, options: options)
    try InputFiles(of: plan, experiment: experiment).refuse(run: RunFolder(run), of: "--output")
    var warnings = ModelWarnings(console)
    plan.warnings.forEach { warnings.note($0) }
    return plan
  }
}
