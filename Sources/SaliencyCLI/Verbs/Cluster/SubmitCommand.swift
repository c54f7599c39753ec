internal import ArgumentParser
internal import Bench
internal import Cluster
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

  @OptionGroup var options: ExperimentOptions
  @OptionGroup(title: "Slurm") var slurm: SlurmOptions
  @OptionGroup(title: "Running") var running: ConsoleOptions

  func run() throws {
    let console = running.console
    // Errors of the experiment are found here and not by every task.
    let declared = try Experiment(contentsOf: options.experiment, catalogs: Invocation.current.catalogs)
    let run = (options.output ?? "results/\(declared.name)").absolutePath
    let plan = try options.plan(declared, run: run, on: console)
    var submitter = try Submitter(
      slurm.settings, experiment: options.experiment.absolutePath, name: declared.name, run: run,
      onlyMissing: slurm.missing)
    console.detail(plan.summary)
    let shards = try submitter.openShards(asksQueue: !options.dryRun)
    let submission = submitter.submission
    if shards.isEmpty {
      let state = try submitter.submitMerge(isDry: options.dryRun)
      console.print("\(run): all \(submission.shards) shards are done or in the queue\(Self.words(state))")
    } else if options.dryRun {
      let (array, merge) = submitter.scripts(of: shards)
      console.print(
        "# \(submission.folder)/array.sh\n\(array)\n# \(submission.folder)/merge.sh\n\(merge)"
          + "# \(Self.loads(plan, submission.shards))")
    } else {
      let (array, merge) = try submitter.submit(shards)
      console.print(Self.words(submission, shards, array: array, merge: merge, plan))
    }
  }

  private static func words(_ state: Submitter.MergeState) -> String {
    switch state {
    case .done: ", and merged; nothing to submit"
    case .missing: "; what is missing is the merge"
    case .queued(let job): ", and job \(job) will merge them; nothing to submit"
    case .submitted(let job): "; submitted the merge as job \(job)"
    }
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
    to stop:   scancel \(array) (finished work is kept; `saliency cluster submit --missing` resumes)
    """
  }

  private static func loads(_ plan: RunPlan, _ count: Int) -> String {
    let largest = (plan.loads(ofShards: count).map(\.share).max() ?? 0) * Double(count)
    return
      "\(plan.unitCount) units of work; the largest shard has \(NumberText.fixed(100 * (largest - 1), 1))% more than the mean, "
      + "by counted passes"
  }
}
