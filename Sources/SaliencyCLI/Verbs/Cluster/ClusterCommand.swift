internal import ArgumentParser

/// `saliency cluster`: an experiment on many machines.
struct ClusterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster",
    abstract: "Run an experiment on a Slurm cluster: submit, status, merge.",
    subcommands: [SubmitCommand.self, StatusCommand.self, MergeCommand.self])
}
