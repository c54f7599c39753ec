internal import ArgumentParser
internal import Bench
internal import Cluster

/// How the work is divided, and what each task gets.
struct SlurmOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of shards, one task for each.", valueName: "count"))
  var array: Int?

  @Option(
    help: ArgumentHelp(
      "The largest number of tasks that run at a time; a task uses one node (default: no limit).",
      valueName: "count"))
  var tasks: Int?

  @Option(help: ArgumentHelp("The processors of a task (default: 1).", valueName: "count"))
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
      "The folder of the tasks' stores while they run (default: SLURM_TMPDIR, TMPDIR or /tmp of the node).",
      valueName: "folder"))
  var scratch: String?

  @Option(
    help: ArgumentHelp(
      "The time between two copies of a task's store (default: 300).", valueName: "seconds"))
  var copyEvery: Double?

  @Flag(
    help:
      "Submit only the shards that are not done; options that are not given are those of the last submission."
  )
  var missing = false

  func validate() throws {
    if !missing, array == nil {
      throw ValidationError("--array: wanted the number of shards, as in --array 100")
    }
    try Shard.validate(count: array)
    for (name, value) in [("tasks", tasks), ("cpus", cpus)] {
      if let value, value < 1 { throw ValidationError("--\(name): found \(value), wanted at least 1") }
    }
    if let copyEvery { try ShardOptions.validate(copyEvery: copyEvery) }
    if let time, let seconds = SlurmTime.seconds(time), seconds < SlurmTime.least {
      throw ValidationError(
        "--time: found \(time), wanted 5 minutes or more; Slurm warns a task two or three minutes before the limit, and the "
          + "task then requeues itself")
    }
    if let memory, MemorySize(argument: memory) == nil, Int(memory) == nil {
      throw ValidationError("--memory: found \"\(memory)\", wanted a size such as 4G")
    }
  }

  /// The options as a value.
  var settings: SubmissionSettings {
    SubmissionSettings(
      shards: array, tasks: tasks, processors: cpus, time: time, memory: memory, partition: partition,
      options: options, scratch: scratch, copyEvery: copyEvery)
  }
}
