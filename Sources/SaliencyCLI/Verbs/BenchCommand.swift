internal import ArgumentParser
internal import Bench
internal import Foundation
internal import Pipeline
internal import SaliencyCore
internal import Support

/// `saliency bench`: runs or resumes an experiment.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Run an experiment: compare methods by metrics, with tables, figures and a report.",
    discussion: """
      Example: saliency bench Experiments/benchmarks/scenes-benchmark/experiment.yaml --memory 4G
      A part of it: saliency bench experiment.yaml --limit 20 --methods gradient,grad-cam --metrics deletion
      Run the same command again to resume an interrupted run. Several processes may work in one folder.
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(
    help: ArgumentHelp(
      "The number of units computed at once (default: one for each processor).", valueName: "count"))
  var jobs: Int?

  @Option(help: ArgumentHelp("The largest amount of memory to use, as in 4G or 800M.", valueName: "size"))
  var memory: MemorySize?

  @OptionGroup(title: "Part of the experiment") var part: PartOptions
  @OptionGroup(title: "Shards") var parts: ShardOptions
  @OptionGroup(title: "Running") var running: RunOptions

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs: found \(jobs), wanted at least 1") }
  }

  func run() throws {
    let invocation = Invocation.current
    let console = running.console()
    let catalogs = invocation.catalogs
    let declared = try part.experiment(contentsOf: options.experiment, catalogs: catalogs)
    let folder = options.output ?? "results/\(declared.name)\(part.isGiven ? "-part" : "")"
    let plan = try options.plan(
      declared,
      options: Runner.Options(
        jobs: jobs, memory: memory?.bytes, shard: parts.shard, program: "saliency \(SaliencyTool.version)",
        command: CommandLine.arguments.joined(separator: " ")),
      run: folder, on: console)
    if options.dryRun { return console.print(plan.summary) }
    console.detail(plan.summary)
    if let shard = parts.shard { return try run(shard, of: plan, folder: folder, on: console) }
    let runner = try Runner(plan, output: folder)
    let interruption = Interruption(of: runner, on: console)
    let watch = ProgressLine(runner, on: console)
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
        try runner.writeFigures(folder: options.experiment.enclosingFolder) { figure in
          console.progress("figure \(figure)")
          console.detail("figure \(figure)")
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

/// The summary of a run, for scripts.
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
