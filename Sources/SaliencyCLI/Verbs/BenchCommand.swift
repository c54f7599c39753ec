internal import ArgumentParser
internal import Bench
internal import Foundation
internal import SaliencyCore
internal import Support

/// `saliency bench`: runs an experiment, or what is missing of it.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Runs an experiment: methods compared by metrics, with tables, figures and a report.",
    discussion: """
      Example: saliency bench Experiments/scenes-benchmark/experiment.yaml --memory 4G
      Every result is kept as it comes. Stopped, or killed, the same command goes on where it was; \
      several processes may work in one folder.
      """)

  @Argument(
    help: ArgumentHelp("The experiment.", valueName: "experiment.yaml"),
    completion: .file(extensions: ["yaml"]))
  var experiment: String

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The folder of the run; results/NAME by default.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "How many units are worked on at once; one a processor by default.", valueName: "count"))
  var jobs: Int?

  @Option(help: ArgumentHelp("The most memory to use, as in 4G or 800M.", valueName: "size"))
  var memory: MemorySize?

  @OptionGroup(title: "Parts of the work") var parts: ShardOptions

  @Flag(help: "Says what would be done, and does nothing.")
  var dryRun = false

  @Flag(help: "Prints what was done as JSON.")
  var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs: found \(jobs), wanted at least 1") }
  }

  func run() throws {
    let invocation = Invocation.current
    let console = invocation.console
    let catalogs = invocation.catalogs
    let declared = try Experiment(contentsOf: experiment, catalogs: catalogs)
    let plan = try RunPlan(
      declared, folder: experiment.enclosingFolder,
      options: Runner.Options(
        jobs: jobs, memory: memory?.bytes, shard: parts.shard, program: "saliency \(SaliencyTool.version)",
        command: CommandLine.arguments.joined(separator: " ")))
    let folder = output ?? "results/\(declared.name)"
    try InputFiles(of: plan, experiment: experiment).refuse(run: RunFolder(folder), of: "--output")
    var warnings = ModelWarnings(console)
    plan.warnings.forEach { warnings.note($0) }
    if dryRun {
      console.print(plan.summary)
      return
    }
    if let shard = parts.shard { return try run(shard, of: plan, folder: folder, catalogs: catalogs) }
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
        console.note("stopped: \(RunWords(summary).text); the same command goes on from here")
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
          : "\(folder): \(RunWords(summary).text)")
      if let error = WholeFailureError(written.failures, in: folder) { throw error }
    }
  }
}

/// A whole part of a run failed: its tables are written, and the exit code is 1.
struct WholeFailureError: Error, CustomStringConvertible {
  let description: String

  /// - Returns: nil if there is no such part.
  init?(_ failures: [WholeFailure], in folder: String) {
    guard let first = failures.first else { return nil }
    let more = failures.count > 1 ? "; and \(failures.count - 1) more" : ""
    description = "\(folder): \(first)\(more); see failures.csv"
  }
}

/// A number of bytes with K, M, or G behind it.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  init?(argument text: String) {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    let trimmed = text.uppercased().hasSuffix("B") ? String(text.dropLast()) : text
    guard let last = trimmed.uppercased().last, let unit = units[last],
      let number = Double(trimmed.dropLast()), number > 0, number * Double(unit) < 1e18
    else { return nil }
    bytes = Int(number * Double(unit))
  }
}

/// What a run did, as a sentence.
struct RunWords {
  let summary: RunSummary

  init(_ summary: RunSummary) { self.summary = summary }

  var text: String {
    let progress = summary.progress
    var parts = ["\(progress.done) of \(progress.total) units"]
    if progress.found > 0 {
      let builds = summary.mayMixBuilds ? " (some by another build of the same versions)" : ""
      parts.append("\(progress.found) of them found\(builds)")
    }
    if progress.shared > 0 {
      parts.append("\(progress.shared) shared by targets of the same class")
    }
    if progress.failed > 0 { parts.append("\(progress.failed) failed (see failures.csv)") }
    if let words = summary.crowdWords { parts.append(words) }
    return parts.joined(separator: ", ") + ", \(Decimals.fixed(progress.seconds, 1)) s"
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
