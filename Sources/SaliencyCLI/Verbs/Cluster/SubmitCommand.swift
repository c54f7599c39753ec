internal import ArgumentParser
internal import Bench
internal import Cluster
internal import Foundation
internal import Pipeline
internal import SaliencyCore
internal import Support

/// `saliency cluster submit`: an array of Slurm tasks and a job that merges their shards.
struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Write batch scripts for a Slurm cluster, and submit them.",
    discussion: """
      Example: saliency cluster submit imagenet.yaml --array 500 --tasks 40 --time 4:00:00 --memory 8G
      Each task works on one shard, keeps its store on the node's disk, and copies it to RUN/shards. A job that depends on the \
      array merges the shards. The scripts in RUN/slurm may be edited.
      """)

  @Argument(
    help: ArgumentHelp("The experiment.", valueName: "experiment.yaml"),
    completion: .file(extensions: ["yaml"]))
  var experiment: String

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The folder of the run, on a file system that all nodes see; results/NAME by default.",
      valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(help: ArgumentHelp("Into how many shards the work is divided, a task each.", valueName: "count"))
  var array: Int?

  @Option(
    help: ArgumentHelp(
      "The largest number of tasks that run at a time; a task uses one node (default: no limit).",
      valueName: "count"))
  var tasks: Int?

  @Option(help: ArgumentHelp("How many processors a task gets; 1 by default.", valueName: "count"))
  var cpus: Int?

  @Option(
    help: ArgumentHelp(
      "The time limit of a task, as Slurm writes it; late tasks are requeued.", valueName: "limit"))
  var time: String?

  @Option(help: ArgumentHelp("The memory of a task, as in 4G.", valueName: "size"))
  var memory: String?

  @Option(help: "The partition.")
  var partition: String?

  @Option(
    name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Another option of sbatch, as in --sbatch=--account=lab; may be repeated.", valueName: "option"))
  var options: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where tasks keep their stores while they work; SLURM_TMPDIR, TMPDIR or /tmp of the node by default.",
      valueName: "folder"))
  var scratch: String?

  @Option(
    help: ArgumentHelp(
      "How often a task's store is copied, in seconds; 300 by default.", valueName: "seconds"))
  var copyEvery: Double?

  @Flag(
    help:
      "Submit only the shards that are not done, with the options of the last submission if no others are given."
  )
  var missing = false

  @Flag(help: "Print the scripts; write and submit nothing.")
  var dryRun = false

  func validate() throws {
    if !missing, array == nil {
      throw ValidationError("--array: wanted the number of shards, as in --array 100")
    }
    try Shard.validate(count: array)
    for (name, value) in [("tasks", tasks), ("cpus", cpus)] {
      if let value, value < 1 { throw ValidationError("--\(name): found \(value), wanted at least 1") }
    }
    if let copyEvery, !(copyEvery >= 0.05) {
      throw ValidationError("--copy-every: found \(copyEvery), wanted 0.05 seconds or more")
    }
    if let time, let seconds = SlurmTime.seconds(time), seconds < SlurmTime.least {
      throw ValidationError(
        "--time: found \(time), wanted 5 minutes or more, for a task is told two or three minutes ahead to put itself "
          + "back into the queue")
    }
    if let memory, MemorySize(argument: memory) == nil, Int(memory) == nil {
      throw ValidationError("--memory: found \"\(memory)\", wanted a size such as 4G")
    }
  }

  func run() throws {
    let invocation = Invocation.current
    let catalogs = invocation.catalogs
    // Errors of the experiment are found here and not by every task.
    let declared = try Experiment(contentsOf: experiment, catalogs: catalogs)
    let plan = try RunPlan(declared, folder: experiment.enclosingFolder)
    let run = Self.absolute(output ?? "results/\(declared.name)")
    try InputFiles(of: plan, experiment: experiment).refuse(run: RunFolder(run), of: "--output")
    var warnings = ModelWarnings(invocation.console)
    plan.warnings.forEach { warnings.note($0) }
    var submission = try submission(of: declared, run: run)
    let shards = try wanted(submission)
    guard !shards.isEmpty else { return try submitMerge(&submission) }
    let script = BatchScript(submission)
    if dryRun {
      invocation.console.print(
        "# \(submission.folder)/array.sh\n\(script.array(of: shards))\n# \(submission.folder)/merge.sh\n\(script.merge)"
          + "# \(Self.loads(plan, submission.shards))")
      return
    }
    try write(submission, script, shards)
    let array = try SlurmCommands.submit(submission.folder + "/array.sh")
    // Noted at once, so that what is in the queue is never submitted again.
    submission.jobs.append(array)
    try SubmissionFile(run).write(submission)
    let merge = try queueMerge(&submission)
    invocation.console.print(Self.words(submission, shards, array: array, merge: merge, plan))
  }

  /// The shards to submit: with `--missing`, those that are not done and wait or run in no earlier array.
  private func wanted(_ submission: Submission) throws -> [Int] {
    guard missing else { return Array(1...submission.shards) }
    let open = ShardFolder(submission.run).unfinished(of: submission.shards)
    // A dry run needs no Slurm.
    guard !dryRun, !open.isEmpty else { return open }
    let queued = try Set(submission.jobs.flatMap { try SlurmCommands.queuedTasks(of: $0) })
    return open.filter { !queued.contains($0) }
  }

  /// The options, over those of the last submission.
  private func submission(of declared: Experiment, run: String) throws -> Submission {
    let before = missing ? SubmissionFile(run).read() : nil
    guard let shards = array ?? before?.shards else {
      throw OptionError(
        "--missing: \(run)/slurm/submission.json does not say how the work was divided; wanted --array as before"
      )
    }
    return Submission(
      program: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      experiment: Self.absolute(experiment), run: run, name: declared.name, shards: shards,
      tasks: tasks ?? before?.tasks, processors: cpus ?? before?.processors ?? 1, time: time ?? before?.time,
      memory: memory ?? before?.memory, partition: partition ?? before?.partition,
      options: options.isEmpty ? before?.options ?? [] : options, scratch: scratch ?? before?.scratch,
      copyEvery: copyEvery ?? before?.copyEvery ?? 300,
      jobs: before.map { $0.shards == shards ? $0.jobs : [] } ?? [],
      merge: before?.shards == shards ? before?.merge : nil)
  }

  private func write(_ submission: Submission, _ script: BatchScript, _ shards: [Int]) throws {
    try submission.makeFolder()
    let file = SubmissionFile(submission.run)
    try file.write(submission)
    try file.write(script.array(of: shards), to: "array.sh")
    try file.write(script.merge, to: "merge.sh")
    // Attempts are counted from zero.
    try ShardFolder(submission.run).forgetFailures(of: shards, count: submission.shards)
  }

  private static func words(
    _ submission: Submission, _ shards: [Int], array: String, merge: String, _ plan: RunPlan
  ) -> String {
    """
    submitted \(shards.count) of \(submission.shards) shards as job \(array), and the merge as job \(merge)
    \(loads(plan, submission.shards))
    to watch:  squeue --job \(array),\(merge)
               saliency cluster status \(submission.run)
    logs:      \(submission.folder)/logs
    scripts:   \(submission.folder)/array.sh, \(submission.folder)/merge.sh
    to stop:   scancel \(array) (what is finished is kept; `saliency cluster submit --missing` goes on)
    """
  }

  private static func loads(_ plan: RunPlan, _ count: Int) -> String {
    let loads = plan.loads(ofShards: count).map(\.share)
    let largest = (loads.max() ?? 0) * Double(count)
    return
      "\(plan.unitCount) units of work; the largest shard has \(Decimals.fixed(100 * (largest - 1), 1))% more than the mean, "
      + "by counted passes"
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}
