internal import ArgumentParser
internal import Bench
internal import Foundation
internal import Pipeline
internal import SaliencyCore
internal import Support

/// `saliency bench`: runs an experiment, or the rest of it.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Run an experiment: compare methods by metrics, with tables, figures and a report.",
    discussion: """
      Example: saliency bench Experiments/scenes-benchmark/experiment.yaml --memory 4G
      A part of it: saliency bench experiment.yaml --limit 20 --methods gradient,grad-cam --metrics deletion
      Run the same command again to resume an interrupted run. Several processes may work in one folder.
      """)

  @Argument(
    help: ArgumentHelp("The experiment.", valueName: "experiment.yaml"),
    completion: .file(extensions: ["yaml"]))
  var experiment: String

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The folder of the run (default: results/NAME, or results/NAME-part for a part of the experiment).",
      valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "How many units are computed at once (default: one for each processor).", valueName: "count"))
  var jobs: Int?

  @Option(help: ArgumentHelp("The largest amount of memory to use, as in 4G or 800M.", valueName: "size"))
  var memory: MemorySize?

  @OptionGroup(title: "Part of the experiment") var part: PartOptions
  @OptionGroup(title: "Shards") var parts: ShardOptions
  @OptionGroup(title: "Running") var running: RunOptions

  @Flag(help: "Print what would be computed; compute nothing.")
  var dryRun = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs: found \(jobs), wanted at least 1") }
  }

  func run() throws {
    let invocation = Invocation.current
    let console = running.console()
    let catalogs = invocation.catalogs
    let declared = try part.experiment(contentsOf: experiment, catalogs: catalogs)
    let plan = try RunPlan(
      declared, folder: experiment.enclosingFolder,
      options: Runner.Options(
        jobs: jobs, memory: memory?.bytes, shard: parts.shard, program: "saliency \(SaliencyTool.version)",
        command: CommandLine.arguments.joined(separator: " ")))
    let folder = output ?? "results/\(declared.name)\(part.isGiven ? "-part" : "")"
    try InputFiles(of: plan, experiment: experiment).refuse(run: RunFolder(folder), of: "--output")
    var warnings = ModelWarnings(console)
    plan.warnings.forEach { warnings.note($0) }
    if dryRun {
      console.print(plan.summary)
      return
    }
    if let shard = parts.shard { return try run(shard, of: plan, folder: folder, on: console) }
    let runner = try Runner(plan, output: folder)
    let interruption = Interruption(of: runner, on: console)
    let watch = RunWatch(runner, on: console)
    defer {
      watch.end()
      interruption.end()
    }
    try runner.run { summary in
      watch.end()
      interruption.end()
      if let signal = interruption.signal {
        console.note("stopped: \(RunSummaryText(summary).text); run the same command again to resume")
        throw ExitCode(128 + signal)
      }
      var written = try RunFolder(folder).writeResults(catalogs: catalogs)
      written.add(
        try runner.writeFigures(folder: experiment.enclosingFolder) { figure in
          console.progress("figure \(figure)")
        })
      console.progress("")
      console.print(
        json
          ? try JSONText.encode(RunRecord(folder, summary, written.files))
          : "\(folder): \(RunSummaryText(summary).text)")
      written.remarks.forEach(console.remark)
      if let error = WholeFailureError(written.failures, in: folder) { throw error }
    }
  }
}

/// What a run did, for scripts.
private struct RunRecord: Encodable {
  let folder: String
  let units: Int
  let found: Int
  let shared: Int
  let failed: Int
  let crowds: Int
  let seconds: Double
  let peakMegabytes: Double?
  let files: [String]

  init(_ folder: String, _ summary: RunSummary, _ files: [String]) {
    self.folder = folder
    units = summary.progress.done
    found = summary.progress.found
    shared = summary.progress.shared
    failed = summary.progress.failed
    crowds = summary.crowds
    seconds = summary.progress.seconds
    peakMegabytes = summary.peakMemory.map { (Double($0) / 1_048_576 * 10).rounded() / 10 }
    self.files = files
  }
}
