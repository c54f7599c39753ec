internal import ArgumentParser

/// Every command, in the order and under the headings of `saliency help`: a new one is a line here.
enum Verbs {
  static let groups: [CommandGroup] = [
    CommandGroup(
      name: "Picture", subcommands: [CompareCommand.self, ExplainCommand.self, PredictCommand.self]),
    CommandGroup(
      name: "Model and method",
      subcommands: [
        InspectCommand.self, MethodsCommand.self, WeightsCommand.self, VerifyCommand.self, TimeCommand.self,
      ]),
    CommandGroup(
      name: "Experiment",
      subcommands: [
        BenchCommand.self, TablesCommand.self, ReportCommand.self, MetricsCommand.self, ReproduceCommand.self,
      ]),
    CommandGroup(
      name: "Many machines",
      subcommands: [SubmitCommand.self, StatusCommand.self, MergeCommand.self]),
  ]

  /// The commands' names.
  static let names = groups.flatMap(\.subcommands).map { $0._commandName } + ["help"]
}

/// The root of the command line.
struct SaliencyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "saliency",
    abstract: "Shows what the decision of a convolutional network rests on, with many methods side by side.",
    discussion: """
      Six methods on a photograph, as a figure:
        saliency compare cat.png --model model.h5 --preprocessing tf --labels labels.txt

      A model is a Keras file (.h5, .keras) or the name of a bundled one. Commands exit with 0; with 1 where a file, a \
      model, or a class is not what it should be; with 64 where the command itself is wrong.
      """,
    version: SaliencyTool.version,
    groupedSubcommands: Verbs.groups)
}
